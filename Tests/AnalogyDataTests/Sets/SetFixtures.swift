import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Sets that Proofs/data/make_sets.py made.
enum SetFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures")
  static let relation = folder.appending(path: "relation252k")
  static let prepared = folder.appending(path: "prepared")
  static let canvases = folder.appending(path: "canvases")

  static func canvas(_ quadruple: AnalogyQuadruple, _ kind: String) throws -> Picture {
    try Picture(contentsOf: canvases.appending(path: "\(quadruple.id).\(kind).png"))
  }
}

extension TemporaryFolder {
  /// A picture whose content the number decides.
  func picture(_ path: String, _ number: Int, width: Int = 32, height: Int = 24) throws {
    let format = try #require(PictureFormat(pathExtension: (path as NSString).pathExtension))
    try write(try Self.pattern(number, width: width, height: height).encoded(as: format), to: path)
  }

  static func pattern(_ number: Int, width: Int = 32, height: Int = 24) throws -> Picture {
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* (number &* 2 + 7) &+ number &* 31) }
    return try Picture(width: width, height: height, pixels: pixels)
  }

  /// A task with `count` pairs named 01, 02, …
  func task(_ name: String, count: Int, width: Int = 32, height: Int = 24) throws {
    for index in 0..<count {
      let number = String(format: "%02d", index + 1)
      try picture("\(name)/\(number)-before.png", 2 * index, width: width, height: height)
      try picture("\(name)/\(number)-after.png", 2 * index + 1, width: width, height: height)
    }
  }

  func findings(_ layout: AnalogySet.Layout? = nil) throws -> [String] {
    try AnalogySet.checking(url, layout: layout).findings.map(\.sentence)
  }
}
