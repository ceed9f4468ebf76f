import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints

/// Which files are for tests: fifteen of a hundred by the SHA-256 of their name, so that the same are everywhere and for all
/// time, and of each kind and category at least the two that come first by that number.
struct MaterialDivision {
  static let testShare = 15
  static let fewestTests = 2

  private var tests: [String: Set<String>] = [:]

  /// - Parameter files: names of files by kind or category.
  init(_ files: [String: [String]]) {
    for (kind, names) in files {
      let numbered = Set(names).map { (name: $0, number: Self.number($0)) }.sorted {
        ($0.number, $0.name) < ($1.number, $1.name)
      }
      // A kind of three files has one for tests, one of two none.
      let fewest = min(Self.fewestTests, numbered.count / 3)
      let chosen = numbered.enumerated().filter { $0.offset < fewest || $0.element.number % 100 < Self.testShare }
      tests[kind] = Set(chosen.map(\.element.name))
    }
  }

  func part(of name: String, kind: String) -> Material.Part { tests[kind]?.contains(name) == true ? .test : .train }

  static func number(_ name: String) -> UInt64 {
    UInt64(ContentDigest(of: Array(name.utf8)).hex.prefix(16), radix: 16) ?? 0
  }
}

extension MaterialManifest {
  /// Divides photos and cut-outs by the last part of their ids, which is the file's name.
  mutating func divide() {
    func name(_ id: String) -> String { (id as NSString).lastPathComponent }
    let photoParts = MaterialDivision(Dictionary(grouping: photos, by: \.kind.rawValue).mapValues { $0.map { name($0.id) } })
    let cutoutParts = MaterialDivision(Dictionary(grouping: cutouts, by: \.category).mapValues { $0.map { name($0.id) } })
    for index in photos.indices {
      photos[index].part = photoParts.part(of: name(photos[index].id), kind: photos[index].kind.rawValue)
    }
    for index in cutouts.indices {
      cutouts[index].part = cutoutParts.part(of: name(cutouts[index].id), kind: cutouts[index].category)
    }
  }
}
