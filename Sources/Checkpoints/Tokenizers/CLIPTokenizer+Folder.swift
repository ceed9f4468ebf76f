import Foundation
import LoRWeBModels

extension CLIPTokenizer {
  /// Reads `vocab.json`, `merges.txt` and `tokenizer_config.json`, whose `model_max_length` is the tokenizer's length.
  /// - Throws: `TokenizerError`, naming the file, and the line where there is one.
  public init(folder url: URL) throws {
    let folder = TokenizerFolder(url: url)
    let config = try folder.config()
    let length = try folder.length(config, atLeast: 2)
    let ids = try folder.json([String: Int].self, "vocab.json", advice: Self.advice)
    if let (token, id) = ids.first(where: { $0.value < 0 || $0.value >= Int(Int32.max) }) {
      throw folder.malformed("vocab.json", "the id of \"\(token)\" is \(id), which is no token id")
    }
    let merges = try Self.merges(folder, ids)
    let added = try Self.added(config, folder)
    // transformers' defaults where the config is silent
    let roles = [
      config.beginning?.content ?? "<|startoftext|>", config.end?.content ?? "<|endoftext|>",
      config.padding?.content ?? "<|endoftext|>", config.unknown?.content ?? "<|endoftext|>",
    ]
    let roleIDs = try roles.map { name in
      guard let id = added[name] ?? ids[name] else {
        throw folder.malformed("vocab.json", "the special token \"\(name)\" is not in it")
      }
      return id
    }
    self.init(
      ids, merges: merges, special: added.merging(zip(roles, roleIDs)) { first, _ in first },
      beginning: roleIDs[0], end: roleIDs[1], padding: roleIDs[2], unknown: roleIDs[3], length: length)
  }

  private static let advice = "CLIP's tokenizer needs vocab.json and merges.txt"

  /// The lines of `merges.txt`, each two tokens of the vocabulary that make a third. The first line names the format's version.
  private static func merges(_ folder: TokenizerFolder, _ ids: [String: Int]) throws -> [Merge] {
    try folder.lines("merges.txt", advice: advice).enumerated().dropFirst().map { index, line in
      let parts = line.split(separator: " ")
      guard parts.count == 2 else {
        throw folder.malformed(
          "merges.txt", line: index + 1, "expected two tokens with a space between, found \"\(line.prefix(80))\"")
      }
      guard let left = ids[String(parts[0])], let right = ids[String(parts[1])], let result = ids[String(parts[0] + parts[1])]
      else {
        throw folder.malformed(
          "merges.txt", line: index + 1, "\"\(line.prefix(80))\" joins or makes a token that vocab.json doesn't have")
      }
      return (left, right, result)
    }
  }

  /// Ids of `added_tokens_decoder` by text.
  private static func added(_ config: TokenizerConfig, _ folder: TokenizerFolder) throws -> [String: Int] {
    var ids: [String: Int] = [:]
    for (key, token) in config.added ?? [:] {
      guard let id = Int(key), id >= 0, id < Int(Int32.max) else {
        throw folder.malformed(TokenizerConfig.file, "added_tokens_decoder has \"\(key)\" for an id")
      }
      guard !token.hasRules else {
        throw folder.malformed(
          TokenizerConfig.file, "\"\(token.content)\" has lstrip, rstrip or single_word, which CLIP's tokens don't have")
      }
      ids[token.content] = id
    }
    return ids
  }
}
