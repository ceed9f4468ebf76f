import LoRWeBTorch

/// A transformer block; the two kinds share this face, so that whoever walks them needs no cases.
public protocol FluxBlock {
  /// Diffusers path, such as `transformer_blocks.0`.
  var path: String { get }
  func callAsFunction(_ hidden: Hidden, _ modulation: BlockModulation, _ context: BlockContext) -> Hidden
}

/// Shifts, scales and gates of one block: one tensor a stream, [B, S, k · D]. A runner that recomputes cuts the graph at these.
public struct BlockModulation {
  public var streams: [Tensor]

  func step(_ index: Int) -> BlockModulation { BlockModulation(streams: streams.map { $0.narrowed(1, from: index, count: 1) }) }
  /// The `count` parts of a stream's tensor, [B, 1, D] each.
  func parts(_ stream: Int, _ count: Int) -> [Tensor] { streams[stream].chunked(count, along: -1) }
}

/// What every block of a step is called with besides tokens and modulation.
public struct BlockContext {
  /// Of text and image tokens, in this order.
  public let rotary: RotaryTable
  /// Keys and values kept from another step, or to be kept in this one.
  public var kept: KeptKeys?
  /// What every block's attention adds, for adapters that attend to more than the tokens.
  public var branch: AttentionBranch?
  /// The tokens that are predicted, where there are others.
  var wanted: WantedTokens?

  /// What alone needs queries, feed-forward and output in this block, because no block follows; nil for all tokens.
  func wanted(behind block: String) -> WantedTokens? { wanted?.lastBlock == block ? wanted : nil }
}

/// The tokens of a sequence that are predicted. Behind the last block nobody looks at the others.
struct WantedTokens {
  let lastBlock: String
  private let textLength: Int
  /// Among image tokens.
  private let ranges: [Range<Int>]
  /// The wanted tokens' own.
  let rotary: RotaryTable

  /// nil where all tokens are wanted.
  init?(_ groups: [TokenGroup], textLength: Int, rotary: RotaryTable, lastBlock: String?) {
    guard let lastBlock, textLength > 0 || groups.contains(where: { !$0.isNoisy }), groups.contains(where: \.isNoisy) else {
      return nil
    }
    var (start, ranges) = (0, [Range<Int>]())
    for group in groups {
      let end = start + group.tokens.size(1)
      if group.isNoisy { ranges.append(start..<end) }
      start = end
    }
    (self.lastBlock, self.textLength, self.ranges) = (lastBlock, textLength, ranges)
    self.rotary = rotary.rows(ranges.map { $0.lowerBound + textLength..<$0.upperBound + textLength })
  }

  /// Those of image tokens [B, L, D], or of a sequence that begins with the text. In memory as if there were no others, since
  /// operators may round otherwise on views.
  func of(_ x: Tensor, withText: Bool) -> Tensor {
    let parts = ranges.map { x.narrowed(1, from: $0.lowerBound + (withText ? textLength : 0), count: $0.count) }
    return parts.count == 1 ? parts[0].contiguous() : concatenated(parts, along: 1)
  }
}

/// More attention for a block: from its path and turned queries [B, L, heads, head width] to what is added to the attended tokens,
/// [B, L, D]; nil for blocks it leaves alone. The last block has queries of predicted tokens only.
public typealias AttentionBranch = (_ block: String, _ queries: Tensor) -> Tensor?

/// Text and image tokens on their way through the blocks: apart in double-stream blocks, joined in single-stream ones.
public struct Hidden {
  /// [text, image], or one tensor of both; [B, L, D] each. A runner that keeps or moves states needs only these.
  public var tensors: [Tensor]
  /// Number of text tokens, which come first.
  public let textLength: Int
  /// True behind the last block, where only the tokens that are predicted are left.
  public let isWantedOnly: Bool

  init(text: Tensor, image: Tensor) {
    tensors = [text, image]
    (textLength, isWantedOnly) = (text.size(1), false)
  }

  init(joined: Tensor, textLength: Int, isWantedOnly: Bool = false) {
    tensors = [joined]
    (self.textLength, self.isWantedOnly) = (textLength, isWantedOnly)
  }

  public var joined: Tensor { tensors.count == 1 ? tensors[0] : concatenated(tensors, along: 1) }
  public var text: Tensor { tensors.count == 1 ? tensors[0].narrowed(1, from: 0, count: textLength) : tensors[0] }

  public var image: Tensor {
    tensors.count == 1 ? tensors[0].narrowed(1, from: textLength, count: tensors[0].size(1) - textLength) : tensors[1]
  }
}

/// Who walks the blocks: plainly, recomputing them for training. The transformer never loops itself.
public typealias BlockRunner = (
  _ blocks: [any FluxBlock], _ modulations: [BlockModulation], _ hidden: Hidden, _ context: BlockContext
) -> Hidden

/// One block after another.
public func runPlainly(
  _ blocks: [any FluxBlock], _ modulations: [BlockModulation], _ hidden: Hidden, _ context: BlockContext
) -> Hidden {
  zip(blocks, modulations).reduce(hidden) { hidden, next in next.0(hidden, next.1, context) }
}
