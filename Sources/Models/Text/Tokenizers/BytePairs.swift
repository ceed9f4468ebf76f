/// Byte-pair encoding over CLIP's alphabet: every byte is one printable character, the last of a word carries `</w>`.
struct BytePairs: Sendable {
  private struct Pair: Hashable {
    let left, right: Int
  }
  /// A token in the making: nil for a byte the vocabulary lacks, which joins with nothing.
  struct Symbol {
    var id: Int?
    /// How many bytes of the word it stands for.
    var bytes = 1
  }

  private let vocabulary: [String: Int]
  private let merges: [Pair: (rank: Int, result: Int)]

  init(_ vocabulary: [String: Int], merges: [CLIPTokenizer.Merge]) {
    self.vocabulary = vocabulary
    self.merges = Dictionary(
      merges.enumerated().map { (Pair(left: $1.left, right: $1.right), (rank: $0, result: $1.result)) },
      uniquingKeysWith: { $1 })
  }

  func symbols(of word: some Sequence<UInt8>) -> [Symbol] {
    let characters = word.map { Self.alphabet[Int($0)] }
    guard let last = characters.last else { return [] }
    var symbols = (characters.dropLast() + [last + "</w>"]).map { Symbol(id: vocabulary[$0]) }
    while let (pair, result) = best(symbols) { symbols = Self.joining(pair, into: result, symbols) }
    return symbols
  }

  /// The neighbours whose merge was learnt first.
  private func best(_ symbols: [Symbol]) -> (Pair, result: Int)? {
    var best: (pair: Pair, merge: (rank: Int, result: Int))?
    for (left, right) in zip(symbols, symbols.dropFirst()) {
      guard let left = left.id, let right = right.id else { continue }
      let pair = Pair(left: left, right: right)
      if let merge = merges[pair], best.map({ merge.rank < $0.merge.rank }) ?? true { best = (pair, merge) }
    }
    return best.map { ($0.pair, $0.merge.result) }
  }

  /// Joins the pair wherever it stands, from the left.
  private static func joining(_ pair: Pair, into result: Int, _ symbols: [Symbol]) -> [Symbol] {
    var joined: [Symbol] = []
    var index = 0
    while index < symbols.count {
      if symbols[index].id == pair.left, index + 1 < symbols.count, symbols[index + 1].id == pair.right {
        joined.append(Symbol(id: result, bytes: symbols[index].bytes + symbols[index + 1].bytes))
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
