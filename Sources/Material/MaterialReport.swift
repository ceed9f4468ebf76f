import Foundation
import LoRWeBAnalogyData

/// What a folder of material holds, to be printed.
public struct MaterialReport: Codable, Hashable, Sendable {
  /// How many pictures are in each part.
  public struct Count: Codable, Hashable, Sendable {
    public var train = 0
    public var test = 0

    fileprivate subscript(part: Material.Part) -> Int {
      get { part == .train ? train : test }
      set { if part == .train { train = newValue } else { test = newValue } }
    }
  }

  public private(set) var photos: [String: Count] = [:]
  public private(set) var cutouts: [String: Count] = [:]
  public private(set) var glyphs = 0
  /// Pictures by licence.
  public private(set) var licences: [String: Int] = [:]

  init(_ manifest: MaterialManifest) {
    for photo in manifest.photos { photos[photo.kind.rawValue, default: Count()][photo.part] += 1 }
    for cutout in manifest.cutouts { cutouts[cutout.category, default: Count()][cutout.part] += 1 }
    glyphs = manifest.glyphs.count
    let all = manifest.photos.map(\.licence) + manifest.cutouts.map(\.licence) + manifest.glyphs.map(\.licence)
    for licence in all { licences[licence, default: 0] += 1 }
  }

  public var text: String {
    func lines(_ title: String, _ counts: [String: Count]) -> [String] {
      let all = counts.values.reduce(0) { $0 + $1.train + $1.test }
      return ["\(all) \(title)"]
        + counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value.train) to train on, \($0.value.test) to test with" }
    }
    return (lines("photos", photos) + lines("cut-outs", cutouts) + ["\(glyphs) glyphs"]).joined(separator: "\n")
  }
}
