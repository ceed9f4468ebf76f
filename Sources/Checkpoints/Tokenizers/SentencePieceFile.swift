import LoRWeBModels

/// The parts of a `spiece.model` that decide on ids.
///
/// Layout (sentencepiece's `sentencepiece_model.proto`): 1 pieces {1 text, 2 score, 3 kind}, 2 trainer {3 model type, 24 whether
/// spaces end words, 47 and 48 the texts of the pieces for end and padding}, 3 normalizer {2 character map, 3 to 5 what is done
/// to spaces}.
struct SentencePieceFile {
  /// What is wrong, as a phrase.
  struct Damage: Error {
    let problem: String
  }

  /// One entry of the vocabulary; its id is its place in the file.
  private struct Piece {
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  /// What a piece is for. T5's model has no user-defined pieces (4) and no pieces for single bytes (6).
  private enum Kind: UInt64 {
    case normal = 1
    case unknown = 2
    case control = 3
    case unused = 5
  }

  private var pieces: [Piece] = []
  private var end = Array("</s>".utf8)
  private var padding = Array("<pad>".utf8)
  private(set) var normalizer = PieceNormalizer()

  /// - Throws: `Damage`.
  init(_ bytes: [UInt8]) throws {
    try ProtobufFields.forEach(in: bytes[...]) { number, value in
      switch (number, value) {
      case (1, .bytes(let message)): pieces.append(try Self.piece(message, index: pieces.count))
      case (2, .bytes(let message)): try readTrainer(message)
      case (3, .bytes(let message)): try readNormalizer(message)
      default: break
      }
    }
  }

  /// - Throws: `Damage` for pieces that don't make a vocabulary.
  func tokenizer(length: Int) throws -> T5Tokenizer {
    guard !pieces.isEmpty else { throw Damage(problem: "it holds no pieces") }
    var ids: [[UInt8]: Int] = [:]
    for (id, piece) in pieces.enumerated() where ids.updateValue(id, forKey: piece.text) != nil {
      throw Damage(problem: "piece \(id), \"\(String(decoding: piece.text, as: UTF8.self))\", stands in it twice")
    }
    let unknown = pieces.indices.filter { pieces[$0].kind == .unknown }
    guard unknown.count == 1 else {
      throw Damage(problem: "it has \(unknown.isEmpty ? "no piece" : "\(unknown.count) pieces") for the unknown")
    }
    guard let end = ids[end], let padding = ids[padding], pieces[end].kind == .control, pieces[padding].kind == .control else {
      throw Damage(problem: "it has no piece for the end of a text or for padding")
    }
    return T5Tokenizer(
      pieces.enumerated().filter { $1.kind == .normal }.map { ($0, $1.text, $1.score) }, normalizer: normalizer,
      vocabularySize: pieces.count, unknown: unknown[0], end: end, padding: padding, length: length)
  }

  private static func piece(_ message: ArraySlice<UInt8>, index: Int) throws -> Piece {
    var piece = Piece()
    try ProtobufFields.forEach(in: message) { number, value in
      switch (number, value) {
      case (1, .bytes(let text)): piece.text = Array(text)
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

  private mutating func readTrainer(_ message: ArraySlice<UInt8>) throws {
    try ProtobufFields.forEach(in: message) { number, value in
      switch (number, value) {
      case (3, .varint(let type)) where type != 1:
        throw Damage(problem: "it is a model of type \(type) where T5's unigram model (1) is expected")
      case (24, .varint(let isSuffix)) where isSuffix != 0:
        throw Damage(problem: "its words end with their space, and T5's begin with it")
      case (47, .bytes(let text)) where !text.isEmpty: end = Array(text)
      case (48, .bytes(let text)) where !text.isEmpty: padding = Array(text)
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ArraySlice<UInt8>) throws {
    try ProtobufFields.forEach(in: message) { number, value in
      switch (number, value) {
      case (2, .bytes(let map)) where !map.isEmpty:
        normalizer.characters = CharacterMap(map)
        guard normalizer.characters != nil else {
          throw Damage(problem: "its table of character replacements points outside itself")
        }
      case (3, .varint(let isOn)): normalizer.addsSpace = isOn != 0
      case (4, .varint(let isOn)): normalizer.removesSpaces = isOn != 0
      case (5, .varint(let isOn)): normalizer.escapesSpaces = isOn != 0
      default: break
      }
    }
  }
}
