import LoRWeBTorch

/// The FLUX transformer of any width: Kontext, Fill and small relatives by configuration (diffusers' FluxTransformer2DModel).
///
/// A step is three calls: `modulations` once for all steps, `rotary` once for all tokens, then the transformer itself a step.
public final class FluxTransformer {
  public let config: FluxConfig
  /// Its parameters and linears by diffusers name.
  public let registry: Registry
  /// What its weights are in.
  public var dtype: DType { registry.parameters.first?.tensor.dtype ?? .float32 }
  public let blocks: [any FluxBlock]
  private let imageIn: Linear
  private let textIn: Linear
  private let timeText: TimeTextEmbedding
  private let outModulation: Linear
  private let outNorm: LayerNorm
  private let out: Linear

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: FluxConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    timeText = try TimeTextEmbedding(scope["time_text_embed"], config: config)
    textIn = try Linear(scope["context_embedder"], in: config.textWidth, out: config.width)
    imageIn = try Linear(scope["x_embedder"], in: config.inputChannels, out: config.width)
    let double = try (0..<config.doubleBlocks).map { try DoubleStreamBlock(scope["transformer_blocks", $0], config: config) }
    let single = try (0..<config.singleBlocks).map {
      try SingleStreamBlock(scope["single_transformer_blocks", $0], config: config)
    }
    blocks = double + single
    outModulation = try Linear(scope["norm_out.linear"], in: config.width, out: 2 * config.width)
    outNorm = LayerNorm(size: config.width, epsilon: 1e-6)
    out = try Linear(scope["proj_out"], in: config.width, out: config.outputChannels)
  }

  /// What time, guidance and pooled text mean to every block, for all steps at once.
  ///
  /// - Parameters:
  ///   - timesteps: [B, S] in fp32, 1 for pure noise to 0 (the model multiplies by 1000).
  ///   - guidance: [B] in fp32; ignored by a model without guidance.
  ///   - pooled: [B, P] in the model's type.
  public func modulations(timesteps: Tensor, guidance: Tensor, pooled: Tensor) -> Modulations {
    let conditioning = timeText(timesteps: timesteps, guidance: guidance, pooled: pooled).silu()
    return Modulations(
      blocks: blocks.map { $0.modulation(conditioning) }, out: BlockModulation(streams: [outModulation(conditioning)]))
  }

  /// Rotary table for text tokens (all at position zero) followed by the groups' tokens.
  public func rotary(textLength: Int, groups: [TokenGroup]) -> RotaryTable {
    let device = groups.first?.positions.device ?? .cpu
    let text = Tensor.zeros([textLength, 3], device: device)
    return RotaryTable(positions: concatenated([text] + groups.map(\.positions), along: 0), axes: config.rotaryAxes)
  }

  /// Predicted velocity of each noisy group, [B, L, C] each, in order.
  ///
  /// - Parameters:
  ///   - groups: tokens in the model's type.
  ///   - text: T5 states [B, T, width] in the model's type.
  ///   - modulation: one step of `modulations`.
  ///   - run: who walks the blocks.
  public func callAsFunction(
    _ groups: [TokenGroup], text: Tensor, modulation: Modulations, rotary: RotaryTable, run: BlockRunner = runPlainly
  ) -> [Tensor] {
    let image = imageIn(concatenated(groups.map(\.tokens), along: 1))
    let hidden = Hidden(text: textIn(text), image: image)
    let result = run(blocks, modulation.blocks, hidden, BlockContext(rotary: rotary)).image
    var start = 0
    return groups.compactMap { group in
      let length = group.tokens.size(1)
      defer { start += length }
      return group.isNoisy ? predict(result.narrowed(1, from: start, count: length), modulation.out) : nil
    }
  }

  /// Output modulation parts: scale, shift.
  private func predict(_ x: Tensor, _ modulation: BlockModulation) -> Tensor {
    let parts = modulation.parts(0, 2)
    return out(outNorm(x) * (parts[0] + 1) + parts[1])
  }
}

/// Modulations of all blocks and of the output, for one or several steps.
public struct Modulations {
  let blocks: [BlockModulation]
  let out: BlockModulation

  /// One step of several.
  public func step(_ index: Int) -> Modulations {
    Modulations(blocks: blocks.map { $0.step(index) }, out: out.step(index))
  }
}
