import Foundation
import LoRWeBFiles
import LoRWeBModels

/// The files of one tokenizer, as transformers lays them out: `tokenizer_config.json` and the vocabulary beside it.
struct TokenizerFolder {
  /// Real ones are below 3 MB.
  static let largestFile = 64 << 20
  /// Text encoders take 77 or 512 tokens. Configs that say "no limit" hold 1e30, which no encoder has positions for.
  static let longestSequence = 1 << 16

  let url: URL

  func path(_ name: String) -> String { url.appending(path: name).path }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func malformed(_ name: String, line: Int? = nil, _ problem: String) -> TokenizerError {
    let place = line.map { " at line \($0)" } ?? ""
    return TokenizerError(path(name), "is damaged\(place): \(problem); copy it anew from the model")
  }

  /// A whole file.
  func bytes(_ name: String, advice: String) throws -> Data {
    guard has(name) else { throw TokenizerError(path(name), "is missing; \(advice)") }
    let file = url.appending(path: name)
    if let count = try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize, count > Self.largestFile {
      throw TokenizerError(
        path(name), "has \(count) bytes where at most \(Self.largestFile) are expected; name the folder of a tokenizer")
    }
    do {
      return try Data(opening: file)
    } catch {
      throw TokenizerError(path(name), "can't be read: \(error.localizedDescription)")
    }
  }

  /// Lines without their ends; empty ones at the end of the file don't count.
  func lines(_ name: String, advice: String) throws -> [String] {
    let data = try bytes(name, advice: advice)
    let lines = try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map {
      index, bytes in
      guard let line = String(data: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, encoding: .utf8) else {
        throw malformed(name, line: index + 1, "it isn't UTF-8")
      }
      return line
    }
    return Array(lines.prefix((lines.lastIndex { !$0.isEmpty } ?? -1) + 1))
  }

  /// A JSON file as one value of this type.
  func json<Value: Decodable>(_ type: Value.Type, _ name: String, advice: String) throws -> Value {
    let data = try bytes(name, advice: advice)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch let error as DecodingError {
      throw malformed(name, error.explanation)
    }
  }

  /// What `tokenizer_config.json` says.
  func config() throws -> TokenizerConfig {
    try json(TokenizerConfig.self, TokenizerConfig.file, advice: "it says how many tokens the text encoder takes")
  }

  /// The number of tokens the text encoder takes, at least `least`.
  func length(_ config: TokenizerConfig, atLeast least: Int) throws -> Int {
    let (found, range) = (config.modelMaxLength, least...Self.longestSequence)
    guard let length = found.flatMap(Int.init(exactly:)), range.contains(length) else {
      throw malformed(
        TokenizerConfig.file,
        "model_max_length must be a whole number from \(least) to \(Self.longestSequence), found "
          + (found.map { "\($0)" } ?? "none"))
    }
    return length
  }
}
