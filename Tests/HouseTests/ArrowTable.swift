import Foundation

/// Who may import whom: the table of docs/architecture.md.
struct ArrowTable {
  struct Room {
    var floor: Int
    var folder: String
    var module: String
    var imports: Set<String>
  }

  var rooms: [Room]

  /// Modules that come with Swift and are no arrow of the house.
  static let toolchain: Set<String> = ["Foundation", "Glibc", "Musl", "Darwin", "Synchronization", "Dispatch"]

  /// Reads the rows of the Markdown table headed `Floor | Room | Module | May import`.
  init(markdown: String) {
    let rows = markdown.split(separator: "\n").map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    rooms = rows.compactMap { cells in
      guard cells.count >= 6, let floor = Int(cells[1]) else { return nil }
      let imports = cells[4].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      return Room(floor: floor, folder: cells[2], module: cells[3], imports: Set(imports.filter { !$0.isEmpty }))
    }
  }

  /// Arrows in the table itself that do not run down to a lower floor.
  var risingArrows: [String] {
    let floors = Dictionary(rooms.map { ($0.module, $0.floor) }, uniquingKeysWith: { first, _ in first })
    return rooms.flatMap { room in
      room.imports.sorted().compactMap { target in
        guard let floor = floors[target], floor >= room.floor else { return nil }
        return "\(room.module) on floor \(room.floor) imports \(target) on floor \(floor)"
      }
    }
  }

  /// What is wrong with these imports of one file: the file's room is found by its path.
  func violations(path: String, source: String) -> [String] {
    guard let room = rooms.first(where: { path.hasPrefix($0.folder + "/") }) else {
      return ["\(path): lies in no room of the table"]
    }
    return Self.importedModules(in: source)
      .filter { !room.imports.contains($0) && !Self.toolchain.contains($0) && $0 != room.module }
      .map { "\(path): imports \($0), an arrow that is not in docs/architecture.md" }
  }

  /// Module names of every import, whatever attributes, access level or kind (`import struct Foundation.URL`) it has.
  static func importedModules(in source: String) -> [String] {
    source.split(separator: "\n").lazy.filter { $0.contains("import ") }.compactMap { line in
      let pattern =
        /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|protocol|typealias|func|var|let)\s+)?(\w+)/
      return line.firstMatch(of: pattern).map { String($0.1) }
    }
  }
}
