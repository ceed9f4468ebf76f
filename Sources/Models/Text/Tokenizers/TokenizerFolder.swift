import Foundation

/// The files of one tokenizer, as transformers lays them out: `tokenizer_config.json` and the vocabulary beside it.
struct TokenizerFolder {
  /// Real ones are below 3 MB.
  static let largestFile = 64 << 20
  /// Text encoders take 77 or 512 tokens. Configs that say "no limit" hold 1e30, which no encoder has positions for.
  static let longestSequence = 1 << 16

  let url: URL

  func path(_ name: String) -> String { url.appending(path: name).path }

  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// A whole file.
  func bytes(_ name: String, advice: String) throws -> Data {
    guard has(name) else { throw TokenizerError.missingFile(path: path(name), advice: advice) }
    do {
      let count = try FileManager.default.attributesOfItem(atPath: path(name))[.size] as? Int ?? 0
      guard count <= Self.largestFile else {
        throw TokenizerError.tooLarge(path: path(name), bytes: count, limit: Self.largestFile)
      }
      return try Data(contentsOf: url.appending(path: name))
    } catch let error as TokenizerError {
      throw error
    } catch {
      throw TokenizerError.unreadable(path: path(name), reason: error.localizedDescription)
    }
  }

  /// A JSON file as one value of this type.
  func json<Value: Decodable>(_ type: Value.Type, _ name: String, advice: String) throws -> Value {
    let data = try bytes(name, advice: advice)
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw TokenizerError.malformed(path: path(name), line: nil, problem: Self.sentence(error))
    }
  }

  /// What `tokenizer_config.json` says.
  func config() throws -> TokenizerConfig {
    try json(TokenizerConfig.self, "tokenizer_config.json", advice: "it says how many tokens the text encoder takes")
  }

  /// The number of tokens the text encoder takes, at least `least`.
  func length(_ config: TokenizerConfig, atLeast least: Int) throws -> Int {
    let found = config.modelMaxLength
    guard let found, found >= Double(least), found <= Double(Self.longestSequence), found.rounded() == found else {
      throw TokenizerError.malformed(
        path: path("tokenizer_config.json"), line: nil,
        problem: "model_max_length must be a whole number from \(least) to \(Self.longestSequence), found "
          + (found.map { "\($0)" } ?? "none"))
    }
    return Int(found)
  }

  /// Foundation's decoding errors as a phrase with the place in the file.
  private static func sentence(_ error: any Error) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "" : " at \(context.codingPath.map(\.stringValue).joined(separator: "."))"
    }
    return switch error {
    case DecodingError.typeMismatch(let type, let context): "expected \(type)\(place(context)), found something else"
    case DecodingError.valueNotFound(let type, let context): "expected \(type)\(place(context)), found null"
    case DecodingError.keyNotFound(let key, let context): "\(key.stringValue) is missing\(place(context))"
    default: "it isn't JSON"
    }
  }
}

/// The entries of `tokenizer_config.json` that decide on ids.
struct TokenizerConfig: Decodable {
  /// As a number that may be 1e30.
  let modelMaxLength: Double?
  let beginning: TokenName?
  let end: TokenName?
  let padding: TokenName?
  let unknown: TokenName?
  /// Tokens beside the vocabulary or marked in it, by their ids.
  let added: [String: TokenName]?

  private enum CodingKeys: String, CodingKey {
    case modelMaxLength = "model_max_length"
    case beginning = "bos_token"
    case end = "eos_token"
    case padding = "pad_token"
    case unknown = "unk_token"
    case added = "added_tokens_decoder"
  }
}

/// A token given by its text alone or as an object with flags.
struct TokenName: Decodable {
  let content: String
  /// Whether it swallows spaces beside it or only stands between spaces; no CLIP has such tokens.
  let hasRules: Bool

  private enum CodingKeys: String, CodingKey {
    case content, lstrip, rstrip
    case singleWord = "single_word"
  }

  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      content = text
      hasRules = false
      return
    }
    let object = try decoder.container(keyedBy: CodingKeys.self)
    content = try object.decode(String.self, forKey: .content)
    hasRules = try [.lstrip, .rstrip, .singleWord].contains { try object.decodeIfPresent(Bool.self, forKey: $0) ?? false }
  }
}
