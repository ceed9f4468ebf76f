import Foundation
import LoRWeBPictures

/// The easiest set to make: a folder a task, in it `01-before.jpg` and `01-after.jpg`, or `before/01.jpg` and `after/01.jpg`,
/// or, as ai-toolkit wants its pairs, `control/01.jpg` and `target/01.jpg`.
///
/// `instruction.txt` says what the task does, `reverse.txt` what its opposite does, `01.txt` beside one of the pictures what one
/// pair does; all may be left out. Pictures right in the set's folder are one task of the folder's name.
enum PairsFolder {
  private enum Side: String, CaseIterable {
    case before, after
    var other: Side { self == .before ? .after : .before }
  }

  /// Paths in a task's place by the name of the pair they may belong to. Of two captions that beside the picture after counts.
  private struct Found {
    var pictures: [Side: [String: String]] = [:]
    var captions: [String: String] = [:]
  }

  private static let captionEndings: Set<String> = ["txt", "caption"]

  /// Whether at least one folder, or the set's folder itself, has pictures named before or after.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    try (folder.contents().folders + [""]).contains { try isTask($0, in: folder) }
  }

  private static func isTask(_ place: String, in folder: SetFolder) throws -> Bool {
    let (folders, files) = try folder.contents(of: place)
    return try folders.contains { try side($0, at: place, in: folder) != nil }
      || files.contains { named($0) != nil && PictureLook(folder.url(SetFolder.join(place, $0))) == .readable }
  }

  /// All tasks with their usable pairs; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyTask] {
    var places = try folder.contents().folders.filter { try side($0, at: "", in: folder) == nil }.map { (task: $0, place: $0) }
    if try isTask("", in: folder) { places.insert((folder.root.standardizedFileURL.lastPathComponent, ""), at: 0) }
    let drafts = try places.flatMap { try self.drafts(of: $0.task, at: $0.place, in: &folder) }
    return try folder.tasks(places.map(\.task), of: drafts)
  }

  private static func drafts(of task: String, at place: String, in folder: inout SetFolder) throws -> [PairDraft] {
    var found = Found()
    let (folders, files) = try folder.contents(of: place)
    take(files, at: place, in: &folder, into: &found) { file, path, folder in
      let stem = PictureLook.stem(file)
      return named(file) ?? folder.refuse(path, "the name says neither before nor after; call it \(stem)-before or -after")
    }
    for side in [Side.after, .before] {
      for name in try folders.filter({ try self.side($0, at: place, in: folder) == side }) {
        let inner = SetFolder.join(place, name)
        take(try folder.contents(of: inner).files, at: inner, in: &folder, into: &found) { file, _, _ in
          (PictureLook.stem(file), side)
        }
      }
    }
    for name in try folders.filter({ try !place.isEmpty && side($0, at: place, in: folder) == nil }) {
      folder.report(SetFolder.join(place, name), "a task has no folders but before and after, or control and target")
    }
    return matched(found, task: task, at: place, in: &folder)
  }

  /// Sorts a folder's files into pictures of a pair's name and side, and captions.
  private static func take(
    _ files: [String], at place: String, in folder: inout SetFolder, into found: inout Found,
    by called: (String, _ path: String, inout SetFolder) -> (name: String, side: Side)?
  ) {
    for file in files {
      let path = SetFolder.join(place, file)
      guard folder.isPicture(path) else {
        let (stem, ending) = ((file as NSString).deletingPathExtension, (file as NSString).pathExtension.lowercased())
        if captionEndings.contains(ending), found.captions[stem] == nil { found.captions[stem] = path }
        continue
      }
      guard let (name, side) = called(file, path, &folder) else { continue }
      if let other = found.pictures[side]?[name] {
        folder.report(path, "\(other) is a picture \(side) of the same name; keep one of the two")
      } else {
        found.pictures[side, default: [:]][name] = path
      }
    }
  }

  /// The pairs whose two pictures are there and whose words can be read, by name.
  private static func matched(_ found: Found, task: String, at place: String, in folder: inout SetFolder) -> [PairDraft] {
    let instruction = folder.text(SetFolder.join(place, "instruction.txt"))
    let reverse = folder.text(SetFolder.join(place, "reverse.txt"))
    for side in Side.allCases {
      for (name, path) in (found.pictures[side] ?? [:]).sorted(by: { $0.key < $1.key })
      where found.pictures[side.other]?[name] == nil { folder.report(path, "the picture \(side.other) it is missing") }
    }
    let befores = (found.pictures[.before] ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return befores.compactMap { name, before in
      guard let after = found.pictures[.after]?[name] else { return nil }
      let own = found.captions[name].map { folder.text($0) } ?? .missing
      guard let forth = words(own, else: instruction), let back = words(reverse, else: .missing) else { return nil }
      let pictures = [before, after].map { folder.picture($0) }
      return PairDraft(task: task, name: name, pictures: pictures, instruction: forth, reverse: back)
    }
  }

  /// What a text says, or else another; nil if the one that counts can't be read.
  private static func words(_ text: SetFolder.Text, else other: SetFolder.Text) -> String? {
    switch (text, other) {
    case (.said(let words), _), (.missing, .said(let words)): words
    case (.missing, .missing): ""
    case (.unreadable, _), (.missing, .unreadable): nil
    }
  }

  /// The side of a pair that a folder holds. Tasks may be called control and target as well: those have pairs of their own.
  private static func side(_ name: String, at place: String, in folder: SetFolder) throws -> Side? {
    let word = name.lowercased()
    if let side = Side(rawValue: word) { return side }
    guard let side = [PreparedFolder.control: Side.before, PreparedFolder.target: .after][word] else { return nil }
    let (folders, files) = try folder.contents(of: SetFolder.join(place, name))
    let names = files.compactMap(named)
    let after = Set(names.filter { $0.side == .after }.map(\.name))
    let isTask =
      folders.contains { Side(rawValue: $0.lowercased()) != nil }
      || names.contains { $0.side == .before && after.contains($0.name) }
    return isTask ? nil : side
  }

  /// Whether the set's folder has one folder of pictures before and one of pictures after that are called control and target.
  static func hasControlAndTarget(_ folder: SetFolder) throws -> Bool {
    try [PreparedFolder.control, PreparedFolder.target].allSatisfy { name in
      try folder.isFolder(name) && side(name, at: "", in: folder) != nil
    }
  }

  /// Name and side of `NAME-before.EXT`; `_`, `.` or a space will do for the hyphen.
  private static func named(_ file: String) -> (name: String, side: Side)? {
    // A file without an ending may have its side where others have theirs: `01.before`.
    for stem in [PictureLook.stem(file), file] {
      for side in Side.allCases {
        guard stem.lowercased().hasSuffix(side.rawValue), stem.count > side.rawValue.count else { continue }
        let rest = stem.dropLast(side.rawValue.count)
        guard let separator = rest.last, "-_. ".contains(separator), rest.count > 1 else { continue }
        return (String(rest.dropLast()), side)
      }
    }
    return nil
  }
}
