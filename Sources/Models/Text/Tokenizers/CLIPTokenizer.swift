/// CLIP's tokenizer, with the ids of transformers' `CLIPTokenizer` without ftfy (4.56.2).
public struct CLIPTokenizer: Sendable {
  /// Two tokens that become a third where they stand side by side.
  public typealias Merge = (left: Int, right: Int, result: Int)

  private let pairs: BytePairs
  private let special: [(text: [Unicode.Scalar], id: Int)]
  private let unknown: Int
  private let frame: TokenFrame

  /// - Parameters:
  ///   - vocabulary: ids by token: bytes written as GPT-2's characters, `</w>` at the end of a word.
  ///   - merges: in the order they were learnt.
  ///   - special: ids of tokens that are found inside a text before it is cut into words.
  ///   - unknown: stands for bytes that the vocabulary lacks.
  ///   - length: tokens the text encoder takes, with beginning and end; at least 2.
  public init(
    _ vocabulary: [String: Int], merges: [Merge], special: [String: Int], beginning: Int, end: Int, padding: Int, unknown: Int,
    length: Int
  ) {
    pairs = BytePairs(vocabulary, merges: merges)
    // the longest first, as it wins where several stand at one place
    self.special = special.map { (Array($0.key.unicodeScalars), $0.value) }.filter { !$0.0.isEmpty }
      .sorted { $0.0.count > $1.0.count }
    self.unknown = unknown
    frame = TokenFrame(reader: "CLIP", beginning: [beginning], end: end, padding: padding, length: length)
  }

  /// Tokens the text encoder takes, with beginning and end.
  public var length: Int { frame.length }

  /// Token ids of a prompt: beginning, text, end, cut to `length` and padded up to it.
  public func encode(_ prompt: String) -> TokenSequence {
    let letters = Self.letters(prompt)
    let dropped = letters.filter { CLIPWords.isDropped($0.scalar) }.map(\.source)
    return TokenSequence(prompt, tokens: tokens(letters), dropped: dropped, in: frame)
  }

  private static func letters(_ text: String) -> [CLIPWords.Letter] {
    var at = 0
    return text.unicodeScalars.map { scalar in
      defer { at += UTF8.width(scalar) }
      return CLIPWords.Letter(scalar: scalar, source: at..<at + UTF8.width(scalar))
    }
  }

  /// Tokens of the text alone. Special tokens written in it are taken as such.
  private func tokens(_ letters: [CLIPWords.Letter]) -> [TextToken] {
    var tokens: [TextToken] = []
    var plain = 0
    var index = 0
    while index < letters.count {
      let rest = letters[index...]
      guard let token = special.first(where: { rest.starts(with: $0.text) { $0.scalar == $1 } }) else {
        index += 1
        continue
      }
      let next = index + token.text.count
      tokens += plainTokens(letters[plain..<index]) + [TextToken(id: token.id, source: Self.source(letters[index..<next]))]
      index = next
      plain = index
    }
    return tokens + plainTokens(letters[plain...])
  }

  private func plainTokens(_ letters: ArraySlice<CLIPWords.Letter>) -> [TextToken] {
    CLIPWords.words(in: letters).flatMap { word in
      // lowering the case may have made a special token
      special.first { $0.text == word.map(\.scalar) }.map { [TextToken(id: $0.id, source: Self.source(word[...]))] }
        ?? tokens(ofWord: word)
    }
  }

  private func tokens(ofWord word: [CLIPWords.Letter]) -> [TextToken] {
    let bytes = word.flatMap { letter in (UTF8.encode(letter.scalar) ?? .init()).map { (byte: $0, letter: letter) } }
    var at = 0
    return pairs.symbols(of: bytes.map(\.byte)).map { symbol in
      defer { at += symbol.bytes }
      let source = Self.source(bytes[at..<at + symbol.bytes].map(\.letter)[...])
      return TextToken(id: symbol.id ?? unknown, source: source, isUnknown: symbol.id == nil)
    }
  }

  private static func source(_ letters: ArraySlice<CLIPWords.Letter>) -> Range<Int> {
    (letters.first?.source.lowerBound ?? 0)..<(letters.last?.source.upperBound ?? 0)
  }
}
