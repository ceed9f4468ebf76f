import Foundation

/// Reads the pieces of a `spiece.model` and checks the rest before the library sees it: the library parses the outer protobuf
/// safely but trusts the tables inside, and a damaged one makes it read outside them.
///
/// Layout (sentencepiece's `sentencepiece_model.proto`): 1 pieces {1 text, 2 score, 3 kind}, 2 trainer {3 model type},
/// 3 normalizer {2 compiled character map}, 5 denormalizer, the same.
enum SentencePieceFile {
  /// What is wrong, as a phrase.
  struct Damage: Error {
    let problem: String
  }

  /// One entry of the vocabulary; its id is its place in the file.
  struct Piece: Equatable {
    var text: [UInt8] = []
    /// Logarithm of its probability.
    var score: Float = 0
    var kind = Kind.normal
  }

  /// What a piece is for. T5's model has no user-defined pieces (4) and no pieces for single bytes (6).
  enum Kind: UInt64 {
    case normal = 1
    case unknown = 2
    case control = 3
    case unused = 5
  }

  /// - Throws: `Damage`.
  static func pieces(_ bytes: [UInt8]) throws -> [Piece] {
    var pieces: [Piece] = []
    try ProtobufFields.forEach(in: bytes, bytes.indices) { number, value in
      switch (number, value) {
      case (1, .bytes(let range)):
        try pieces.append(piece(bytes, range, index: pieces.count))
      case (2, .bytes(let range)): try checkTrainer(bytes, range)
      case (3, .bytes(let range)), (5, .bytes(let range)): try checkNormalizer(bytes, range)
      default: break
      }
    }
    guard !pieces.isEmpty else { throw Damage(problem: "it holds no pieces") }
    return pieces
  }

  private static func piece(_ bytes: [UInt8], _ range: Range<Int>, index: Int) throws -> Piece {
    var piece = Piece()
    try ProtobufFields.forEach(in: bytes, range) { number, value in
      switch (number, value) {
      case (1, .bytes(let range)): piece.text = Array(bytes[range])
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let kind)):
        guard let known = Kind(rawValue: kind) else {
          throw Damage(problem: "piece \(index) is of kind \(kind), which T5's model doesn't have")
        }
        piece.kind = known
      default: break
      }
    }
    guard piece.score.isFinite else { throw Damage(problem: "the score of piece \(index) is no finite number") }
    guard !piece.text.isEmpty, !piece.text.contains(0), String(validating: piece.text, as: UTF8.self) != nil else {
      throw Damage(problem: "the text of piece \(index) is empty or not UTF-8")
    }
    return piece
  }

  private static func checkTrainer(_ bytes: [UInt8], _ range: Range<Int>) throws {
    try ProtobufFields.forEach(in: bytes, range) { number, value in
      if case (3, .varint(let type)) = (number, value), type != 1 {
        throw Damage(problem: "it is a model of type \(type) where T5's unigram model (1) is expected")
      }
    }
  }

  private static func checkNormalizer(_ bytes: [UInt8], _ range: Range<Int>) throws {
    try ProtobufFields.forEach(in: bytes, range) { number, value in
      if case (2, .bytes(let map)) = (number, value), !map.isEmpty { try checkCharacterMap(bytes, map) }
    }
  }

  /// The map is a length, a double-array trie of 32-bit units of that many bytes, and zero-terminated replacements. Walking the
  /// trie, the library goes from unit `i` to `(i ^ offset) ^ byte` and takes a value as a place in the replacements, without
  /// looking at either's size. So every unit must stay inside, whichever is reached.
  private static func checkCharacterMap(_ bytes: [UInt8], _ map: Range<Int>) throws {
    let damage = Damage(problem: "its table of character replacements points outside itself")
    guard map.count > 4 else { throw damage }
    let trieBytes = Int(word(bytes, map.lowerBound))
    guard trieBytes > 0, trieBytes % 4 == 0, trieBytes < map.count - 4, bytes[map.upperBound - 1] == 0 else { throw damage }
    let start = map.lowerBound + 4
    let (count, replacements) = (trieBytes / 4, map.count - 4 - trieBytes)
    for index in 0..<count {
      let unit = word(bytes, start + 4 * index)
      // the top bit marks a value, from which no step leads on; only the root is never asked
      if unit >> 31 == 1, index > 0 { continue }
      let offset = (unit >> 10) << ((unit & 0x200) >> 6)
      let next = index ^ Int(offset)
      guard next | 0xFF < count else { throw damage }
      let hasValue = unit & 0x100 != 0
      guard !hasValue || Int(word(bytes, start + 4 * next) & 0x7FFF_FFFF) < replacements else { throw damage }
    }
  }

  private static func word(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
}
