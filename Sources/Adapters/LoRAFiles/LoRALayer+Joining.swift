import LoRWeBTorch

extension LoRA.Layer {
  /// The shares of linears whose rows stand one below the other in `up`, as views; nil for one that isn't changed.
  ///
  /// Where `up` is block-diagonal each share gets the ranks of its own block, else all of them.
  func split(rows counts: [Int]) -> [Self?] {
    var end = 0
    let ups = counts.map { count in
      end += count
      return up.narrowed(0, from: end - count, count: count)
    }
    // The ranks that a share uses, from its first to its last.
    let used = ups.map { up -> Range<Int>? in
      let isUsed = (up.magnitude().maximum(over: [0]) .> 0).array(of: Bool.self)
      guard let first = isUsed.firstIndex(of: true), let last = isUsed.lastIndex(of: true) else { return nil }
      return first..<last + 1
    }
    let share = rank.isMultiple(of: counts.count) ? rank / counts.count : 0
    let blocks = counts.indices.map { $0 * share..<($0 + 1) * share }
    let areEqual = share > 0 && zip(used, blocks).allSatisfy { $0?.clamped(to: $1) == $0 }
    let ranges = used.compactMap(\.self)
    let areApart = zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
    return ups.enumerated().map { place, up in
      areEqual ? ranks(blocks[place], of: up) : used[place].map { ranks(areApart ? $0 : 0..<rank, of: up) }
    }
  }

  private func ranks(_ range: Range<Int>, of up: Tensor) -> Self {
    Self(
      down: down.narrowed(0, from: range.lowerBound, count: range.count),
      up: up.narrowed(1, from: range.lowerBound, count: range.count), scale: scale)
  }

  /// One pair of matrices for linears whose rows stand one below the other, scales multiplied in, in fp32: what `split` splits.
  ///
  /// Shares of one and the same A keep it; others stand in blocks along the diagonal, so that the ranks add up.
  static func joined(_ layers: [Self?], rows counts: [Int]) -> Self? {
    let present = layers.compactMap(\.self)
    guard let first = present.first else { return nil }
    let shareA = present.allSatisfy { $0.down.shape == first.down.shape && $0.down.distance(to: first.down) == 0 }
    let rank = shareA ? first.rank : present.reduce(0) { $0 + $1.rank }
    var before = 0
    let ups = zip(layers, counts).map { layer, count in
      guard let layer else { return Tensor.zeros([count, rank], device: first.up.device) }
      if shareA { return layer.scaledUp() }
      before += layer.rank
      return layer.scaledUp().padded([before - layer.rank, rank - before])
    }
    let down = shareA ? first.down.to(.float32) : concatenated(present.map { $0.down.to(.float32) }, along: 0)
    return Self(down: down, up: concatenated(ups, along: 0))
  }
}
