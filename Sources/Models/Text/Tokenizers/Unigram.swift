/// Cuts a normalized text into the pieces whose scores sum highest (Kudo 2018, the Viterbi decoding of a unigram model).
///
/// Of two equal sums the versions of sentencepiece choose differently: up to 0.2.0 a sum in double precision is compared with one
/// rounded to single, so that `III` may be `II I` there and `I II` since. Here every sum is rounded to single before it is
/// compared, which gives the ids of sentencepiece 0.2.3.
struct Unigram: Sendable {
  /// A node by its parent and the next byte: `parent * 256 + byte`.
  private var children: [Int: Int] = [:]
  /// Id and score of the piece that ends at a node.
  private var pieces: [Int: (id: Int, score: Float)] = [:]
  private let unknown: Int
  private let unknownScore: Float

  /// Far below every piece, so that an unknown character is taken only where no piece covers it.
  private static let unknownPenalty: Float = 10

  init(_ all: [T5Tokenizer.Piece], unknown: Int) {
    self.unknown = unknown
    unknownScore = (all.map(\.score).min() ?? 0) - Self.unknownPenalty
    for piece in all {
      var node = 0
      for byte in piece.text {
        let next = children[node * 256 + Int(byte)] ?? children.count + 1
        children[node * 256 + Int(byte)] = next
        node = next
      }
      pieces[node] = (piece.id, piece.score)
    }
  }

  /// The best way to reach a place in the text.
  private struct Step {
    var score: Float = 0
    /// Where its last piece starts; negative while nothing reaches the place.
    var start = -1
    var id = 0
  }

  /// Tokens of normalized UTF-8 text with their places in it; neighbouring unknown characters become one unknown.
  func tokens(of text: [UInt8]) -> [TextToken] {
    var steps = [Step](repeating: Step(), count: text.count + 1)
    func reach(_ end: Int, from start: Int, _ score: Float, _ id: Int) {
      let sum = score + steps[start].score
      if steps[end].start < 0 || sum > steps[end].score { steps[end] = Step(score: sum, start: start, id: id) }
    }
    var start = 0
    while start < text.count {
      let character = min(UTF8.length(from: text[start]), text.count - start)
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
    return path(steps).reduce(into: []) { tokens, token in
      if token.isUnknown, let last = tokens.last, last.isUnknown {
        tokens[tokens.count - 1].source = last.source.lowerBound..<token.source.upperBound
      } else {
        tokens.append(token)
      }
    }
  }

  private func path(_ steps: [Step]) -> [TextToken] {
    var tokens: [TextToken] = []
    var end = steps.count - 1
    while end > 0 {
      let step = steps[end]
      tokens.append(TextToken(id: step.id, source: step.start..<end, isUnknown: step.id == unknown))
      end = step.start
    }
    return tokens.reversed()
  }
}
