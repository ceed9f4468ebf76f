/// T5's tokenizer: sentencepiece's ids, an end token, padding. `</s>` or `<extra_id_0>` written in a prompt are characters, as
/// sentencepiece has it; transformers would take them as special tokens.
public struct T5Tokenizer: Sendable {
  /// What a text is cut into: UTF-8, not empty, and the logarithm of its probability.
  public typealias Piece = (id: Int, text: [UInt8], score: Float)

  /// How many different ids there are; the text encoder's vocabulary is at least as large.
  public let vocabularySize: Int
  private let normalizer: PieceNormalizer
  private let unigram: Unigram
  private let frame: TokenFrame

  /// - Parameters:
  ///   - pieces: without those that no text becomes: unknown, end, padding, unused ones.
  ///   - vocabularySize: those included.
  ///   - length: tokens the text encoder takes, with the end; at least 1.
  public init(
    _ pieces: [Piece], normalizer: PieceNormalizer, vocabularySize: Int, unknown: Int, end: Int, padding: Int, length: Int
  ) {
    (self.vocabularySize, self.normalizer) = (vocabularySize, normalizer)
    unigram = Unigram(pieces, unknown: unknown)
    frame = TokenFrame(reader: "T5", beginning: [], end: end, padding: padding, length: length)
  }

  /// Tokens the text encoder takes, with the end.
  public var length: Int { frame.length }

  /// Token ids of a prompt: text, end, cut to `length` and padded up to it.
  public func encode(_ prompt: String) -> TokenSequence {
    let (bytes, sources) = normalizer.normalized(prompt)
    let tokens = unigram.tokens(of: bytes).map { token in
      let parts = sources[token.source]
      var token = token
      token.source = (parts.first?.lowerBound ?? 0)..<(parts.last?.upperBound ?? 0)
      return token
    }
    return TokenSequence(prompt, tokens: tokens, in: frame)
  }
}
