import Foundation
import LoRWeBAnalogyData
import LoRWeBFiles
import LoRWeBPictures

/// A file of a package before it is opened: what it shows and whose it is.
struct MaterialCandidate: Sendable {
  typealias Kind = MaterialManifest.Kind

  let package: String
  /// Inside the package; the code point of a glyph.
  let path: String
  let kind: Kind
  let source: (licence: String, credit: String)
  /// Decodes a file on disk, or bytes that were taken from an archive already.
  let decoded: @Sendable () throws -> Picture

  /// The picture at working size, nil if it isn't usable as what it should be.
  func picture() throws -> Picture? {
    switch kind {
    case .photo: try Material.photo(decoded())
    case .cutout: try Material.cutout(decoded())
    case .glyph: try Material.glyph(decoded())
    }
  }
}

extension MaterialCandidate {
  /// Everything the catalogue takes from a package unpacked in `root`, in the order of rules and paths.
  static func all(of package: String, rules: [MaterialCatalogue.Rule], in root: URL) throws -> [MaterialCandidate] {
    let copyright = try Self.copyright(of: package, in: root)
    if package == EmojiCatalogue.package { return try emoji(in: root, copyright) }
    var archives: [String: ResourceArchive] = [:]
    var candidates: [MaterialCandidate] = []
    for rule in rules {
      let found = candidates.count
      if let place = rule.archive {
        let archive = try archives[place] ?? ResourceArchive(Self.data(place, of: package, in: root), file: place)
        archives[place] = archive
        for path in archive.paths where rule.takes(path) {
          let data = try archive.content(of: path)
          candidates.append(Self.candidate(package, path, rule, copyright) { try Picture(data: data, named: path) })
        }
      } else {
        let folder = root.appending(path: rule.folder)
        let isThere = FileManager.default.fileExists(atPath: folder.path(percentEncoded: false))
        let paths = isThere ? try Folder.files(below: folder) : []
        for path in paths.map({ "\(rule.folder)/\($0)" }) where rule.takes(path) {
          let url = root.appending(path: path)
          let words = try Self.text(url.deletingPathExtension().appendingPathExtension("txt"))
          candidates.append(Self.candidate(package, path, rule, copyright, words: words) { try Picture(contentsOf: url) })
        }
      }
      guard candidates.count > found else {
        throw GatheringError.nothingFound(package: package, expected: "\(rule.ending) pictures in \(rule.folder)")
      }
    }
    return candidates
  }

  private static func candidate(
    _ package: String, _ path: String, _ rule: MaterialCatalogue.Rule, _ copyright: DebianCopyright, words: String? = nil,
    decoded: @escaping @Sendable () throws -> Picture
  ) -> MaterialCandidate {
    let source = copyright.source(of: rule.copyright + path.dropFirst(rule.folder.count))
    let kind: Kind =
      switch rule.shows {
      case .photo(let kind): .photo(kind)
      case .cutout(let category): .cutout(category: category, name: ObjectName.of(path, words: words))
      }
    return MaterialCandidate(package: package, path: path, kind: kind, source: source, decoded: decoded)
  }

  private static func emoji(in root: URL, _ copyright: DebianCopyright) throws -> [MaterialCandidate] {
    let package = EmojiCatalogue.package
    let font = try EmojiFont(data(EmojiCatalogue.font, of: package, in: root), file: EmojiCatalogue.font)
    let source = copyright.source(of: EmojiCatalogue.copyright)
    func candidate(_ codePoint: UInt32, _ kind: Kind) throws -> MaterialCandidate? {
      let id = String(codePoint, radix: 16)
      return try font.png(codePoint).map { data in
        MaterialCandidate(package: package, path: id, kind: kind, source: source) { try Picture(data: data, named: id) }
      }
    }
    let objects = try EmojiCatalogue.categories.flatMap { category, codePoints in
      try codePoints.compactMap { codePoint in
        try EmojiCatalogue.name(codePoint, category: category).flatMap {
          try candidate(codePoint, .cutout(category: category, name: $0))
        }
      }
    }
    let glyphs = try EmojiCatalogue.glyphs.compactMap { try candidate($0, .glyph) }
    guard !objects.isEmpty, glyphs.count == EmojiCatalogue.glyphs.count else {
      throw GatheringError.nothingFound(package: package, expected: "picture for some of the emoji that tasks use")
    }
    return objects + glyphs
  }

  private static func data(_ path: String, of package: String, in root: URL) throws -> Data {
    guard let data = try? Data(contentsOf: root.appending(path: path), options: .mappedIfSafe) else {
      throw GatheringError.nothingFound(package: package, expected: "file \(path)")
    }
    return data
  }

  private static func copyright(of package: String, in root: URL) throws -> DebianCopyright {
    DebianCopyright(try text(root.appending(path: "usr/share/doc/\(package)/copyright")) ?? "")
  }

  /// What a text file says, whatever its encoding does to its accents; nil if there is none.
  private static func text(_ url: URL) throws -> String? {
    guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else { return nil }
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }
}

/// One word for an object, for instructions.
enum ObjectName {
  /// From the words beside a stamp ("A red-eyed tree frog."), else from the file's name ("dog_black2.png").
  static func of(_ path: String, words: String?) -> String {
    let line = words?.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    return lastNoun(line, separators: " ") ?? lastNoun(stem, separators: " _-") ?? "thing"
  }

  /// The last word before a preposition; letters only.
  private static func lastNoun(_ text: String, separators: String) -> String? {
    let prepositions: Set<String> = ["of", "with", "in", "on", "from", "at", "for", "and", "to", "by", "that", "its", "is"]
    let words = text.lowercased().split(whereSeparator: { separators.contains($0) || ".,;:!?()\"".contains($0) }).map {
      String($0.filter { $0.isLetter || $0 == "-" })
    }
    return words.filter { !$0.isEmpty }.prefix { !prepositions.contains($0) }.last
  }
}
