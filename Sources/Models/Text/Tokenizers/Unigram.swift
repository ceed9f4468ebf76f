/// Cuts a normalized text into the pieces whose scores sum highest (Kudo 2018, the Viterbi decoding of a unigram model).
///
/// The sentencepiece library could do this, but of two equal sums its versions choose differently: up to 0.2.0 a sum in double
/// precision is compared with one rounded to single, so that `III` may be `II I` there and `I II` since. Here every sum is rounded
/// to single before it is compared, which gives the ids of sentencepiece 0.2.3 whichever version is installed.
struct Unigram: Sendable {
  /// A node by its parent and the next byte: `parent * 256 + byte`.
  private var children: [Int: Int] = [:]
  /// Id and score of the piece that ends at a node.
  private var pieces: [Int: (id: Int, score: Float)] = [:]
  private let unknown: Int
  private let unknownScore: Float

  /// Far below every piece, so that an unknown character is taken only where no piece covers it.
  private static let unknownPenalty: Float = 10

  /// - Throws: `SentencePieceFile.Damage` if no piece stands for the unknown.
  init(_ all: [SentencePieceFile.Piece]) throws {
    guard let unknown = all.firstIndex(where: { $0.kind == .unknown }) else {
      throw SentencePieceFile.Damage(problem: "it has no piece for the unknown")
    }
    let usable = all.enumerated().filter { $0.element.kind == .normal }
    self.unknown = unknown
    unknownScore = (usable.map(\.element.score).min() ?? 0) - Self.unknownPenalty
    for (id, piece) in usable {
      var node = 0
      for byte in piece.text {
        let next = children[node * 256 + Int(byte)] ?? children.count + 1
        children[node * 256 + Int(byte)] = next
        node = next
      }
      pieces[node] = (id, piece.score)
    }
  }

  /// The best way to reach a place in the text.
  private struct Step {
    var score: Float = 0
    /// Where its last piece starts; negative while nothing reaches the place.
    var start = -1
    var id = 0
  }

  /// Ids of normalized UTF-8 text; neighbouring unknown characters become one unknown.
  func ids(of text: [UInt8]) -> [Int] {
    var steps = [Step](repeating: Step(), count: text.count + 1)
    func reach(_ end: Int, from start: Int, _ score: Float, _ id: Int) {
      let sum = score + steps[start].score
      if steps[end].start < 0 || sum > steps[end].score { steps[end] = Step(score: sum, start: start, id: id) }
    }
    var start = 0
    while start < text.count {
      let character = min(Self.length(text[start]), text.count - start)
      var isCovered = false
      var node = 0
      for index in start..<text.count {
        guard let next = children[node * 256 + Int(text[index])] else { break }
        node = next
        guard let piece = pieces[node] else { continue }
        reach(index + 1, from: start, piece.score, piece.id)
        if index + 1 == start + character { isCovered = true }
      }
      if !isCovered { reach(start + character, from: start, unknownScore, unknown) }
      start += character
    }
    return Self.path(steps).reduce(into: []) { ids, id in
      if id != unknown || ids.last != unknown { ids.append(id) }
    }
  }

  /// From the end back to the beginning.
  private static func path(_ steps: [Step]) -> [Int] {
    var ids: [Int] = []
    var end = steps.count - 1
    while end > 0 {
      ids.append(steps[end].id)
      end = steps[end].start
    }
    return ids.reversed()
  }

  /// Bytes of the UTF-8 character that begins with this one.
  private static func length(_ first: UInt8) -> Int {
    switch first {
    case 0xF0...: 4
    case 0xE0...: 3
    case 0xC0...: 2
    default: 1
    }
  }
}
