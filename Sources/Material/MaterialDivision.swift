import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints

/// Which files are for tests: fifteen of a hundred by the SHA-256 of their name, so that the same are everywhere and for all
/// time, and of each kind and category at least the two that come first by that number.
struct MaterialDivision {
  private let tests: [String: Set<String>]

  /// - Parameter files: names of files by kind or category.
  init(_ files: [String: [String]]) {
    tests = files.mapValues { names in
      let numbered = Set(names).map { (name: $0, number: Self.number($0)) }
        .sorted { ($0.number, $0.name) < ($1.number, $1.name) }
      // A kind of three files has one for tests, one of two none.
      let fewest = min(2, numbered.count / 3)
      let chosen = numbered.enumerated().filter { $0.offset < fewest || $0.element.number % 100 < 15 }
      return Set(chosen.map(\.element.name))
    }
  }

  func part(of name: String, kind: String) -> Material.Part { tests[kind]?.contains(name) == true ? .test : .train }

  static func number(_ name: String) -> UInt64 { UInt64(ContentDigest(of: Array(name.utf8)).hex.prefix(16), radix: 16) ?? 0 }
}

extension MaterialManifest {
  /// Divides photos and cut-outs by the last part of their ids, which is the file's name.
  mutating func divide() {
    func parts(_ entries: [(kind: String, id: String)]) -> [Material.Part] {
      let named = entries.map { (kind: $0.kind, name: ($0.id as NSString).lastPathComponent) }
      let division = MaterialDivision(Dictionary(grouping: named, by: \.kind).mapValues { $0.map(\.name) })
      return named.map { division.part(of: $0.name, kind: $0.kind) }
    }
    for (index, part) in parts(photos.map { ($0.kind.rawValue, $0.id) }).enumerated() { photos[index].part = part }
    for (index, part) in parts(cutouts.map { ($0.category, $0.id) }).enumerated() { cutouts[index].part = part }
  }
}
