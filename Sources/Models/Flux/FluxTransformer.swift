import LoRWeBTorch

/// The FLUX transformer of any width: Kontext, Fill and small relatives by configuration (diffusers' FluxTransformer2DModel).
///
/// A step is three calls: `modulations` once for all steps, `rotary` once for all tokens, then the transformer itself a step.
/// What makes the modulations can be let go after the first, or left out altogether and loaded apart as a `FluxModulator`.
public final class FluxTransformer {
  public let config: FluxConfig
  public let registry: Registry
  public var dtype: DType { registry.parameters.first?.tensor.dtype ?? .float32 }
  public let blocks: [any FluxBlock]
  /// nil where it was left out or let go.
  public private(set) var modulator: FluxModulator?
  private let imageIn, textIn: Linear
  private let outNorm: LayerNorm
  private let out: Linear

  /// How much of the transformer is built.
  public enum Build: Sendable {
    case whole
    /// Without the modulator.
    case steps
    /// Without the modulator, and each block anew whenever it runs: memory for one block instead of all.
    case streamed
  }

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: FluxConfig, build: Build = .whole) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let timeText = build == .whole ? try TimeTextEmbedding(scope["time_text_embed"], config: config) : nil
    textIn = try Linear(scope["context_embedder"], in: config.textWidth, out: config.width)
    imageIn = try Linear(scope["x_embedder"], in: config.inputChannels, out: config.width)
    var modulators: [[Linear]] = []
    func block(_ place: Scope, _ make: @escaping (Scope, inout [Linear]?) throws -> any FluxBlock) throws -> any FluxBlock {
      if build == .streamed { return StreamedBlock(place, make) }
      var own: [Linear]? = build == .whole ? [] : nil
      let block = try make(place, &own)
      modulators.append(own ?? [])
      return block
    }
    let double = try (0..<config.doubleBlocks).map { index in
      try block(scope["transformer_blocks", index]) { try DoubleStreamBlock($0, config: config, modulators: &$1) }
    }
    let single = try (0..<config.singleBlocks).map { index in
      try block(scope["single_transformer_blocks", index]) { try SingleStreamBlock($0, config: config, modulators: &$1) }
    }
    blocks = double + single
    if let timeText {
      modulator = FluxModulator(
        scope, timeText: timeText, blocks: modulators, out: try FluxModulator.out(scope, config: config))
    }
    outNorm = LayerNorm(size: config.width, epsilon: 1e-6)
    out = try Linear(scope["proj_out"], in: config.width, out: config.outputChannels)
  }

  /// Whether a basis adapts the linear at a path: every linear of the blocks, modulation included, and none outside them.
  public static func adapts(_ path: String) -> Bool {
    path.hasPrefix("transformer_blocks.") || path.hasPrefix("single_transformer_blocks.")
  }

  /// Lets go of what makes modulations, once they are made for all steps.
  public func releaseModulator() {
    guard let modulator else { return }
    registry.forget(modulator.paths)
    self.modulator = nil
  }

  /// What time [B, S], guidance [B] and pooled text [B, P], as `FluxModulator` takes them, mean to every block in all steps.
  public func modulations(timesteps: Tensor, guidance: Tensor, pooled: Tensor) -> Modulations {
    guard let modulator else {
      recordFailure(ModelError.badInput("The transformer was built without its modulation linears, or let them go."))
      return Modulations(blocks: [], out: BlockModulation(streams: []))
    }
    return modulator(timesteps: timesteps, guidance: guidance, pooled: pooled)
  }

  /// Rotary table for text tokens (all at position zero, none where the text was kept) followed by the groups' tokens.
  public func rotary(textLength: Int, groups: [TokenGroup]) -> RotaryTable {
    let device = groups.first?.positions.device ?? .cpu
    let text = Tensor.zeros([textLength, 3], device: device)
    return RotaryTable(positions: concatenated([text] + groups.map(\.positions), along: 0), axes: config.rotaryAxes)
  }

  /// Predicted velocity of each noisy group, [B, L, C] each, in order. The last block computes no more of the other tokens than
  /// their keys and values.
  /// - Parameters:
  ///   - groups: tokens in the model's type.
  ///   - text: T5 states [B, T, width] in the model's type; nil where `kept` has the text's keys and values.
  ///   - modulation: one step of `modulations`.
  ///   - kept: keys and values of tokens that are not among these, or where to keep these's.
  ///   - branch: what every block's attention adds.
  ///   - run: who walks the blocks.
  public func callAsFunction(
    _ groups: [TokenGroup], text: Tensor?, modulation: Modulations, rotary: RotaryTable, kept: KeptKeys? = nil,
    branch: AttentionBranch? = nil, run: BlockRunner = runPlainly
  ) -> [Tensor] {
    let image = imageIn(concatenated(groups.map(\.tokens), along: 1))
    let hidden = text.map { Hidden(text: textIn($0), image: image) } ?? Hidden(joined: image, textLength: 0)
    let wanted = WantedTokens(groups, textLength: hidden.textLength, rotary: rotary, lastBlock: blocks.last?.path)
    let context = BlockContext(rotary: rotary, kept: kept, branch: branch, wanted: wanted)
    let result = run(blocks, modulation.blocks, hidden, context)
    let left = result.isWantedOnly ? groups.filter(\.isNoisy) : groups
    var start = 0
    return left.compactMap { group in
      let length = group.tokens.size(1)
      defer { start += length }
      return group.isNoisy ? predict(result.image.narrowed(1, from: start, count: length), modulation.out) : nil
    }
  }

  /// Output modulation parts: scale, shift.
  private func predict(_ x: Tensor, _ modulation: BlockModulation) -> Tensor {
    let parts = modulation.parts(0, 2)
    return out(outNorm(x) * (parts[0] + 1) + parts[1])
  }
}
