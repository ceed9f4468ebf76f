/// T5's tokenizer: sentencepiece's ids, an end token, padding.
///
/// A prompt is text only: `</s>` or `<extra_id_0>` written in it are characters, as sentencepiece has it (transformers would take
/// them as special tokens).
public struct T5Tokenizer: Sendable {
  /// How many different ids there are; the text encoder's vocabulary is at least as large.
  public let vocabularySize: Int
  private let normalizer: PieceNormalizer
  private let unigram: Unigram
  private let frame: TokenFrame

  /// - Parameter length: tokens the text encoder takes, with the end; at least 1.
  public init(_ vocabulary: T5Vocabulary, length: Int) {
    vocabularySize = vocabulary.count
    normalizer = vocabulary.normalizer
    unigram = Unigram(vocabulary)
    frame = TokenFrame(reader: "T5", beginning: [], end: vocabulary.end, padding: vocabulary.padding, length: length)
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
