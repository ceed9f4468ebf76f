import LoRWeBTorch

/// Keys and values of every block from one step, for a later one in which their tokens don't take part.
///
/// Within the step they were kept in this is exact; in later ones it is an approximation, since keys and values change with time.
/// One object is filled by a pass with `.keeping`, then read by passes with `.using`, until it is filled again.
public final class KeptKeys {
  public enum Mode: Sendable, Equatable {
    /// Keeps those of all tokens of the sequence, text first, but of these, which later passes compute anew.
    case keeping(allBut: Range<Int>)
    /// The tokens of this pass attend to the kept ones too.
    case using
  }

  public var mode: Mode
  /// Of the tokens before those that are computed anew, and behind them.
  private var blocks: [String: (before: KeysAndValues, behind: KeysAndValues)] = [:]

  public init(_ mode: Mode) { self.mode = mode }

  /// What a block attends to: turned keys and values [B, L, heads, head width] of its own tokens, with those kept, in their order.
  func complete(_ own: KeysAndValues, in block: String) -> KeysAndValues {
    switch mode {
    case .keeping(let anew):
      blocks[block] = (own.part(0..<anew.lowerBound), own.part(anew.upperBound..<own.keys.size(1)))
      return own
    case .using:
      guard let kept = blocks[block] else { return own }
      return kept.before.followed(by: [own, kept.behind])
    }
  }
}

/// [B, L, heads, head width] each.
struct KeysAndValues {
  var keys, values: Tensor

  func part(_ range: Range<Int>) -> KeysAndValues {
    KeysAndValues(
      keys: keys.narrowed(1, from: range.lowerBound, count: range.count),
      values: values.narrowed(1, from: range.lowerBound, count: range.count))
  }

  func followed(by others: [KeysAndValues]) -> KeysAndValues {
    KeysAndValues(
      keys: concatenated([keys] + others.map(\.keys), along: 1), values: concatenated([values] + others.map(\.values), along: 1)
    )
  }
}
