import Foundation

/// The easiest set to make: a folder a task, in it `01-before.jpg` and `01-after.jpg`, or `before/01.jpg` and `after/01.jpg`.
///
/// `instruction.txt` says what the task does, `reverse.txt` what its opposite does, `01.txt` what one pair does; all may be left
/// out. Pictures right in the set's folder are one task of the folder's name.
enum PairsFolder {
  private enum Side: String, CaseIterable {
    case before, after
    var other: Side { self == .before ? .after : .before }
  }

  private struct Draft {
    let task: String
    let name: String
    let pictures: [PictureDraft]
    let instruction: String
    let reverse: String
  }

  /// Whether at least one folder, or the set's folder itself, has pictures named before or after.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    try (folder.contents().folders + [""]).contains { place in
      let (folders, files) = try folder.contents(of: place)
      return folders.contains { side($0) != nil } || files.contains { SetFolder.isPicture($0) && named($0) != nil }
    }
  }

  /// All tasks with their usable pairs; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyTask] {
    let (folders, files) = try folder.contents()
    let isOneTask = folders.contains { side($0) != nil } || files.contains { SetFolder.isPicture($0) && named($0) != nil }
    var names = folders.filter { side($0) == nil }
    var drafts: [Draft] = []
    if isOneTask {
      names.insert(folder.root.standardizedFileURL.lastPathComponent, at: 0)
      drafts += try self.drafts(of: names[0], at: "", in: &folder)
    }
    for name in names.dropFirst(isOneTask ? 1 : 0) { drafts += try self.drafts(of: name, at: name, in: &folder) }

    var pairs: [String: [AnalogyPair]] = [:]
    for (draft, found) in zip(drafts, PairMeasuring.measure(drafts.map(\.pictures), arePairs: true)) {
      for finding in found.findings { folder.report(finding.file, finding.problem) }
      guard found.findings.isEmpty, found.sources.count == 2 else { continue }
      pairs[draft.task, default: []].append(
        AnalogyPair(
          id: SetFolder.join(draft.task, draft.name), before: found.sources[0], after: found.sources[1],
          instruction: draft.instruction, reverseInstruction: draft.reverse))
    }
    return names.map { AnalogyTask(name: $0, pairs: pairs[$0] ?? []) }
  }

  private static func drafts(of task: String, at place: String, in folder: inout SetFolder) throws -> [Draft] {
    var sides: [Side: [String: String]] = [:]
    func add(_ path: String, _ name: String, to side: Side) {
      if let other = sides[side]?[name] {
        folder.report(path, "\(other) is a picture \(side) of the same name; keep one of the two")
      } else {
        sides[side, default: [:]][name] = path
      }
    }
    let (folders, files) = try folder.contents(of: place)
    for file in files {
      let path = SetFolder.join(place, file)
      guard isUsable(file, at: path, in: &folder) else { continue }
      guard let (name, side) = named(file) else {
        folder.report(path, "the name says neither before nor after; call it \(SetFolder.stem(file))-before or -after")
        continue
      }
      add(path, name, to: side)
    }
    for name in folders {
      guard let side = side(name) else {
        if !place.isEmpty { folder.report(SetFolder.join(place, name), "a task has no folders but before and after") }
        continue
      }
      let inner = SetFolder.join(place, name)
      for file in try folder.contents(of: inner).files where isUsable(file, at: SetFolder.join(inner, file), in: &folder) {
        add(SetFolder.join(inner, file), SetFolder.stem(file), to: side)
      }
    }
    return matched(sides, task: task, at: place, in: &folder)
  }

  /// The pairs whose two pictures are there, by name.
  private static func matched(
    _ sides: [Side: [String: String]], task: String, at place: String, in folder: inout SetFolder
  ) -> [Draft] {
    let instruction = folder.text(SetFolder.join(place, "instruction.txt")) ?? ""
    let reverse = folder.text(SetFolder.join(place, "reverse.txt")) ?? ""
    for side in Side.allCases {
      for (name, path) in (sides[side] ?? [:]).sorted(by: { $0.key < $1.key }) where sides[side.other]?[name] == nil {
        folder.report(path, "the picture \(side.other) it is missing")
      }
    }
    return (sides[.before] ?? [:]).sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.compactMap { name, before in
      guard let after = sides[.after]?[name] else { return nil }
      let own = folder.text(SetFolder.join(place, "\(name).txt"))
      return Draft(
        task: task, name: name,
        pictures: [before, after].map { PictureDraft(path: $0, url: folder.url($0), slice: .whole) },
        instruction: own ?? instruction, reverse: reverse)
    }
  }

  /// Whether a file is a picture that is read; one in another format is reported, whatever else lies there is left alone.
  private static func isUsable(_ file: String, at path: String, in folder: inout SetFolder) -> Bool {
    if SetFolder.isForeignPicture(file) {
      folder.report(path, "the format is not read; save the picture as PNG, JPEG or WebP")
    }
    return SetFolder.isPicture(file)
  }

  private static func side(_ folder: String) -> Side? { Side(rawValue: folder.lowercased()) }

  /// Name and side of `NAME-before.EXT`; `_`, `.` or a space will do for the hyphen.
  private static func named(_ file: String) -> (name: String, side: Side)? {
    let stem = SetFolder.stem(file)
    for side in Side.allCases {
      guard stem.lowercased().hasSuffix(side.rawValue), stem.count > side.rawValue.count else { continue }
      let rest = stem.dropLast(side.rawValue.count)
      guard let separator = rest.last, "-_. ".contains(separator), rest.count > 1 else { continue }
      return (String(rest.dropLast()), side)
    }
    return nil
  }
}
