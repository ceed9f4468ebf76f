import Foundation
import LoRWeBModels

@testable import LoRWeBCheckpoints

/// The strings of `Proofs/tokenizers/strings.py` and their ids from transformers and sentencepiece.
enum TokenizerFixtures {
  private static let here = URL(filePath: #filePath).deletingLastPathComponent()
  /// The tokenizers that come with the library: CLIP's own vocabulary, and the stand-in for T5's.
  private static let embedded = here.appending(path: "../../../Sources/LoRWeB/Embedded").standardizedFileURL

  static let clipFolder = embedded.appending(path: "tokenizers/clip")
  static let t5Folder = embedded.appending(path: "tokenizers/t5")
  static let miniFolder = embedded.appending(path: "mini")

  static func strings() throws -> [String] { try answers("strings") }

  static func answers<Answer: Decodable>(_ name: String) throws -> [Answer] {
    try JSONDecoder().decode([Answer].self, from: Data(contentsOf: here.appending(path: "Answers/\(name).json")))
  }

  /// What a model's bytes say.
  static func pieces(_ model: Data) throws -> SentencePieceFile { try SentencePieceFile([UInt8](model)) }

  /// Runs `body` on a folder with these files, and removes it.
  static func withFolder<Result>(_ files: [String: Data], _ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "tokenizer-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appending(path: name)) }
    return try body(folder)
  }

  /// The files of a folder by name.
  static func files(_ folder: URL) throws -> [String: Data] {
    let urls = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try Dictionary(uniqueKeysWithValues: urls.map { ($0.lastPathComponent, try Data(contentsOf: $0)) })
  }

  /// The sentence a body fails with.
  static func complaint(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch let error as TokenizerError {
      return error.description
    } catch {
      return "not a TokenizerError: \(error)"
    }
  }
}
