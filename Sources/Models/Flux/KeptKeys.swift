import LoRWeBTorch

/// Keys and values of every block from one step, for a later one in which their tokens don't take part.
///
/// Within the step they were kept in this is exact; in later ones it is an approximation, since keys and values change with time.
/// One object is filled by a pass with `.keeping`, then read by passes with `.using`, until it is filled again.
public final class KeptKeys {
  public enum Mode: Sendable, Equatable {
    /// Keeps those of the last tokens of the sequence, that many.
    case keeping(last: Int)
    /// The tokens of this pass attend to the kept ones too.
    case using
  }

  public var mode: Mode
  private var blocks: [String: (keys: Tensor, values: Tensor)] = [:]

  public init(_ mode: Mode) { self.mode = mode }

  /// The keys and values a block attends to: turned keys and values [B, L, heads, head width] of its own tokens, with those kept.
  func complete(_ keys: Tensor, _ values: Tensor, in block: String) -> (Tensor, Tensor) {
    switch mode {
    case .keeping(let count):
      func last(_ x: Tensor) -> Tensor { x.narrowed(1, from: x.size(1) - count, count: count) }
      blocks[block] = (last(keys), last(values))
      return (keys, values)
    case .using:
      guard let kept = blocks[block] else { return (keys, values) }
      return (concatenated([keys, kept.keys], along: 1), concatenated([values, kept.values], along: 1))
    }
  }
}
