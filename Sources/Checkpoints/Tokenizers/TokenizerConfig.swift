/// The entries of `tokenizer_config.json` that decide on ids.
struct TokenizerConfig: Decodable {
  static let file = "tokenizer_config.json"

  /// As a number that may be 1e30.
  let modelMaxLength: Double?
  let beginning, end, padding, unknown: TokenName?
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
