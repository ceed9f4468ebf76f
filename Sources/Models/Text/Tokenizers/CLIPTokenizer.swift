import Foundation

/// CLIP's tokenizer, with the ids of transformers' `CLIPTokenizer` without ftfy (4.56.2).
public struct CLIPTokenizer: Sendable {
  /// Tokens the text encoder takes, with beginning and end: `model_max_length` of `tokenizer_config.json`.
  public let length: Int
  private let pairs: BytePairs
  private let special: [(text: [Unicode.Scalar], id: Int)]
  private let beginning: Int
  private let end: Int
  private let padding: Int
  private let unknown: Int

  /// Reads `vocab.json`, `merges.txt` and `tokenizer_config.json`.
  ///
  /// - Throws: `TokenizerError`, naming the file, and the line where there is one.
  public init(folder url: URL) throws {
    let folder = TokenizerFolder(url: url)
    let config = try folder.config()
    length = try folder.length(config, atLeast: 2)
    pairs = try BytePairs(folder)
    let added = try Self.added(config, path: folder.path("tokenizer_config.json"))
    let vocabulary = pairs.vocabulary
    // transformers' defaults where the config is silent
    let names = [
      config.beginning?.content ?? "<|startoftext|>", config.end?.content ?? "<|endoftext|>",
      config.padding?.content ?? "<|endoftext|>", config.unknown?.content ?? "<|endoftext|>",
    ]
    let ids = try names.map { name in
      guard let id = added[name] ?? vocabulary[name] else {
        throw TokenizerError.malformed(
          path: folder.path("vocab.json"), line: nil, problem: "the special token \"\(name)\" is not in it")
      }
      return id
    }
    (beginning, end, padding, unknown) = (ids[0], ids[1], ids[2], ids[3])
    // the longest first, as it wins where several stand at one place
    special = added.merging(zip(names, ids)) { first, _ in first }
      .map { (Array($0.key.unicodeScalars), $0.value) }.filter { !$0.0.isEmpty }.sorted { $0.0.count > $1.0.count }
  }

  /// Token ids of a prompt: beginning, text, end, cut to `length` and padded up to it.
  public func encode(_ prompt: String) -> TokenSequence {
    TokenSequence(beginning: [beginning], text: ids(prompt), end: end, padding: padding, length: length)
  }

  /// Ids of the text alone. Special tokens written in it are taken as such.
  private func ids(_ text: String) -> [Int] {
    let scalars = Array(text.unicodeScalars)
    var ids: [Int] = []
    var plain = 0
    var index = 0
    while index < scalars.count {
      guard let token = special.first(where: { scalars[index...].starts(with: $0.text) }) else {
        index += 1
        continue
      }
      ids += plainIDs(scalars[plain..<index]) + [token.id]
      index += token.text.count
      plain = index
    }
    return ids + plainIDs(scalars[plain...])
  }

  private func plainIDs(_ scalars: ArraySlice<Unicode.Scalar>) -> [Int] {
    CLIPWords.words(in: scalars).flatMap { word in
      // lowering the case may have made a special token
      special.first { $0.text == word }.map { [$0.id] }
        ?? pairs.ids(of: word.flatMap { UTF8.encode($0) ?? .init() }, unknown: unknown)
    }
  }

  /// Ids of `added_tokens_decoder` by text.
  private static func added(_ config: TokenizerConfig, path: String) throws -> [String: Int] {
    var ids: [String: Int] = [:]
    for (key, token) in config.added ?? [:] {
      guard let id = Int(key), id >= 0, id < Int(Int32.max) else {
        throw TokenizerError.malformed(path: path, line: nil, problem: "added_tokens_decoder has \"\(key)\" for an id")
      }
      guard !token.hasRules else {
        throw TokenizerError.malformed(
          path: path, line: nil,
          problem: "\"\(token.content)\" has lstrip, rstrip or single_word, which CLIP's tokens don't have")
      }
      ids[token.content] = id
    }
    return ids
  }
}
