import Foundation
import LoRWeBAnalogyData

/// What a folder of material holds, to be printed.
public struct MaterialReport: Codable, Hashable, Sendable {
  public struct Count: Codable, Hashable, Sendable {
    public let train, test: Int

    fileprivate init(_ parts: [Material.Part]) { (train, test) = (parts.count { $0 == .train }, parts.count { $0 == .test }) }
  }

  public let photos, cutouts: [String: Count]
  public let glyphs: Int
  /// Pictures by licence.
  public let licences: [String: Int]

  init(_ manifest: MaterialManifest) {
    photos = Dictionary(grouping: manifest.photos, by: \.kind.rawValue).mapValues { Count($0.map(\.part)) }
    cutouts = Dictionary(grouping: manifest.cutouts, by: \.category).mapValues { Count($0.map(\.part)) }
    glyphs = manifest.glyphs.count
    let all = manifest.photos.map(\.licence) + manifest.cutouts.map(\.licence) + manifest.glyphs.map(\.licence)
    licences = Dictionary(grouping: all, by: \.self).mapValues(\.count)
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
