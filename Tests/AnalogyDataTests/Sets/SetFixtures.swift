import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
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

/// A folder of a test's own that goes with it.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "sets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  func copy(_ source: URL) throws {
    try FileManager.default.removeItem(at: url)
    try FileManager.default.copyItem(at: source, to: url)
  }

  func write(_ path: String, _ data: Data) throws {
    let file = url.appending(path: path)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
  }

  func write(_ path: String, _ text: String) throws { try write(path, Data(text.utf8)) }

  func remove(_ path: String) throws { try FileManager.default.removeItem(at: url.appending(path: path)) }

  /// A picture whose content the number decides.
  func picture(_ path: String, _ number: Int, width: Int = 32, height: Int = 24) throws {
    let format = try #require(PictureFormat(pathExtension: (path as NSString).pathExtension))
    try write(path, try Self.pattern(number, width: width, height: height).encoded(as: format))
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
