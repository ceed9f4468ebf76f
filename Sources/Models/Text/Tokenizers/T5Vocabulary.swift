/// What T5's tokenizer knows, as a `spiece.model` says it: a unigram model and its way to normalize a text.
public struct T5Vocabulary: Sendable {
  /// What a text is cut into.
  public struct Piece: Equatable, Sendable {
    public let id: Int
    /// UTF-8, not empty.
    public let text: [UInt8]
    /// Logarithm of its probability.
    public let score: Float

    public init(id: Int, text: [UInt8], score: Float) {
      (self.id, self.text, self.score) = (id, text, score)
    }
  }

  /// Without those that no text becomes: unknown, end, padding, unused ones.
  public var pieces: [Piece]
  /// How many ids there are, those included.
  public var count: Int
  public var unknown: Int
  public var end: Int
  public var padding: Int
  public var normalizer: PieceNormalizer

  public init(pieces: [Piece], count: Int, unknown: Int, end: Int, padding: Int, normalizer: PieceNormalizer) {
    (self.pieces, self.count, self.normalizer) = (pieces, count, normalizer)
    (self.unknown, self.end, self.padding) = (unknown, end, padding)
  }
}
