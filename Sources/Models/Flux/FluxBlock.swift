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
}

/// More attention for a block: from its path and turned queries [B, L, heads, head width] to what is added to the attended tokens,
/// [B, L, D]; nil for blocks it leaves alone.
public typealias AttentionBranch = (_ block: String, _ queries: Tensor) -> Tensor?

/// Text and image tokens on their way through the blocks: apart in double-stream blocks, joined in single-stream ones.
public struct Hidden {
  /// [text, image], or one tensor of both; [B, L, D] each. A runner that keeps or moves states needs only these.
  public var tensors: [Tensor]
  /// Number of text tokens, which come first.
  public let textLength: Int

  init(text: Tensor, image: Tensor) {
    tensors = [text, image]
    textLength = text.size(1)
  }

  init(joined: Tensor, textLength: Int) {
    tensors = [joined]
    self.textLength = textLength
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
