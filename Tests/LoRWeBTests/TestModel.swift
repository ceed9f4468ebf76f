import Foundation
import LoRWeB
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

/// A model folder of the preset `tiny`, for tests to use and to break.
struct TestModel {
  let temporary: TemporaryFolder
  var url: URL { temporary["model"] }

  init(seed: UInt64 = 0) throws {
    temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: seed).write(to: temporary["model"])
  }

  func editor() throws -> AnalogyEditor { try AnalogyEditor(model: .folder(url)) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: url.appending(path: name))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: url.appending(path: name))
  }

  /// Changes a JSON file's values; nil removes a key.
  func change(_ name: String, _ values: [String: Any?]) throws {
    let file = url.appending(path: name)
    var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    for (key, value) in values { object[key] = value }
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }
}

extension Picture {
  /// A picture with something to see in it.
  static func pattern(_ width: Int, _ height: Int, shift: Int = 0, alpha: [UInt8]? = nil) throws -> Picture {
    let pixels = (0..<width * height).flatMap { index -> [UInt8] in
      let (x, y) = (index % width, index / width)
      return [
        UInt8(truncatingIfNeeded: 3 * x + shift), UInt8(truncatingIfNeeded: 5 * y),
        UInt8(truncatingIfNeeded: x * y / 8 + 2 * shift),
      ]
    }
    return try Picture(width: width, height: height, pixels: pixels, alpha: alpha)
  }
}

extension AnalogyEdit {
  static func small(b: Picture? = nil, seed: UInt64 = 0, steps: Int? = nil) throws -> AnalogyEdit {
    var edit = AnalogyEdit(
      a: try .pattern(40, 40), aPrime: try .pattern(40, 40, shift: 90), b: try b ?? .pattern(40, 40, shift: 9))
    edit.seed = seed
    edit.steps = steps
    return edit
  }
}

/// Fails unless the body throws an error whose text is one sentence with all these words.
func expectSentence(_ words: String..., location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async {
  do {
    try await body()
    Issue.record("nothing was refused", sourceLocation: location)
  } catch {
    let text = error.localizedDescription
    #expect(text == "\(error)", "description and localizedDescription differ", sourceLocation: location)
    for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
    #expect(text.hasSuffix("."), "\(text)", sourceLocation: location)
    #expect(text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil && !text.contains("\n"), "\(text)", sourceLocation: location)
  }
}
