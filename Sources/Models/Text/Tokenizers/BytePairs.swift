import Foundation

/// Byte-pair encoding over CLIP's alphabet: every byte is one printable character, the last of a word carries `</w>`.
struct BytePairs: Sendable {
  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }
  private struct Merge {
    let rank: Int
    let result: Int
  }

  /// Ids by token.
  let vocabulary: [String: Int]
  private let merges: [Pair: Merge]

  /// Reads `vocab.json` and `merges.txt`.
  ///
  /// - Throws: `TokenizerError` naming file and line for a merge that isn't two tokens of the vocabulary making a third.
  init(_ folder: TokenizerFolder) throws {
    let vocabulary = try folder.json(
      [String: Int].self, "vocab.json", advice: "CLIP's tokenizer needs vocab.json and merges.txt")
    if let (token, id) = vocabulary.first(where: { $0.value < 0 || $0.value >= Int(Int32.max) }) {
      throw TokenizerError.malformed(
        path: folder.path("vocab.json"), line: nil, problem: "the id of \"\(token)\" is \(id), which is no token id")
    }
    let data = try folder.bytes("merges.txt", advice: "CLIP's tokenizer needs vocab.json and merges.txt")
    var merges: [Pair: Merge] = [:]
    // The first line names the version of the format.
    for (index, line) in try Self.lines(data, path: folder.path("merges.txt")).enumerated().dropFirst() {
      func malformed(_ problem: String) -> TokenizerError {
        .malformed(path: folder.path("merges.txt"), line: index + 1, problem: problem)
      }
      let parts = line.split(separator: " ")
      guard parts.count == 2 else { throw malformed("expected two tokens with a space between, found \"\(line.prefix(80))\"") }
      let ids = (parts + [parts[0] + parts[1]]).map { vocabulary[String($0)] }
      guard let left = ids[0], let right = ids[1], let result = ids[2] else {
        throw malformed("\"\(line.prefix(80))\" joins or makes a token that vocab.json doesn't have")
      }
      merges[Pair(left: left, right: right)] = Merge(rank: index, result: result)
    }
    self.vocabulary = vocabulary
    self.merges = merges
  }

  /// Lines without their ends; empty ones at the end of the file don't count.
  private static func lines(_ data: Data, path: String) throws -> [String] {
    let lines = try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map {
      index, bytes in
      guard let line = String(data: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, encoding: .utf8) else {
        throw TokenizerError.malformed(path: path, line: index + 1, problem: "it isn't UTF-8")
      }
      return line
    }
    return Array(lines.prefix((lines.lastIndex { !$0.isEmpty } ?? -1) + 1))
  }

  /// Token ids of one word; `unknown` where the vocabulary lacks a byte.
  func ids(of word: some Sequence<UInt8>, unknown: Int) -> [Int] {
    let characters = word.map { Self.alphabet[Int($0)] }
    guard let last = characters.last else { return [] }
    // nil: a byte the vocabulary lacks, which joins with nothing
    var symbols = characters.dropLast().map { vocabulary[$0] } + [vocabulary[last + "</w>"]]
    while let (pair, merge) = best(symbols) {
      symbols = Self.joining(pair, into: merge.result, symbols)
    }
    return symbols.map { $0 ?? unknown }
  }

  /// The neighbours whose merge was learnt first.
  private func best(_ symbols: [Int?]) -> (Pair, Merge)? {
    var best: (Pair, Merge)?
    for (left, right) in zip(symbols, symbols.dropFirst()) {
      guard let left, let right, let merge = merges[Pair(left: left, right: right)] else { continue }
      if best.map({ merge.rank < $0.1.rank }) ?? true { best = (Pair(left: left, right: right), merge) }
    }
    return best
  }

  /// Joins the pair wherever it stands, from the left.
  private static func joining(_ pair: Pair, into result: Int, _ symbols: [Int?]) -> [Int?] {
    var joined: [Int?] = []
    var index = 0
    while index < symbols.count {
      if symbols[index] == pair.left, index + 1 < symbols.count, symbols[index + 1] == pair.right {
        joined.append(result)
        index += 2
      } else {
        joined.append(symbols[index])
        index += 1
      }
    }
    return joined
  }

  /// GPT-2's characters for the 256 bytes: printable Latin-1 stands for itself, the rest follow from U+0100 on.
  private static let alphabet: [String] = {
    var next: UInt32 = 0x100
    return (UInt32(0)...255).map { byte in
      let printable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte)
      defer { if !printable { next += 1 } }
      return Unicode.Scalar(printable ? byte : next).map { String(Character($0)) } ?? ""
    }
  }()
}
