import LoRWeBTorch

/// What turns time, guidance and pooled text into every block's shifts, scales and gates: 3.3 of Kontext's 11.9 billion parameters
/// that are needed before the first step only, so they can be loaded alone and let go before the blocks are loaded.
public final class FluxModulator {
  public let registry: Registry
  private let timeText: TimeTextEmbedding
  /// One or two linears a block, in the blocks' order.
  private let blocks: [[Linear]]
  private let out: Linear

  /// Asks the scope for the modulation's parameters alone.
  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public convenience init(_ scope: Scope, config: FluxConfig) throws {
    try config.validate()
    let timeText = try TimeTextEmbedding(scope["time_text_embed"], config: config)
    let double = try (0..<config.doubleBlocks).map {
      try DoubleStreamBlock.modulators(scope["transformer_blocks", $0], config: config)
    }
    let single = try (0..<config.singleBlocks).map {
      [try SingleStreamBlock.modulator(scope["single_transformer_blocks", $0], config: config)]
    }
    self.init(scope, timeText: timeText, blocks: double + single, out: try Self.out(scope, config: config))
  }

  init(_ scope: Scope, timeText: TimeTextEmbedding, blocks: [[Linear]], out: Linear) {
    (registry, self.timeText, self.blocks, self.out) = (scope.registry, timeText, blocks, out)
  }

  /// The linear of the output's scale and shift.
  static func out(_ scope: Scope, config: FluxConfig) throws -> Linear {
    try Linear(scope["norm_out.linear"], in: config.width, out: 2 * config.width)
  }

  /// Modulations of all blocks for all steps at once.
  /// - Parameters:
  ///   - timesteps: [B, S] in fp32, 1 for pure noise to 0 (the model multiplies by 1000).
  ///   - guidance: [B] in fp32; ignored by a model without guidance.
  ///   - pooled: [B, P] in the model's type.
  public func callAsFunction(timesteps: Tensor, guidance: Tensor, pooled: Tensor) -> Modulations {
    let conditioning = timeText(timesteps: timesteps, guidance: guidance, pooled: pooled).silu()  // [B, S, D]
    return Modulations(
      blocks: blocks.map { linears in BlockModulation(streams: linears.map { $0(conditioning) }) },
      out: BlockModulation(streams: [out(conditioning)]))
  }

  var paths: Set<String> { Set((blocks.flatMap(\.self) + [out] + timeText.linears).map(\.path)) }
}

/// Modulations of all blocks and of the output, for one or several steps.
public struct Modulations {
  let blocks: [BlockModulation]
  let out: BlockModulation

  /// One step of several.
  public func step(_ index: Int) -> Modulations { Modulations(blocks: blocks.map { $0.step(index) }, out: out.step(index)) }
}
