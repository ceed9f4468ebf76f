import LoRWeBTorch

/// All tokens with the same weights, attention and feed-forward side by side (`single_transformer_blocks.i`).
final class SingleStreamBlock: FluxBlock {
  let path: String
  private let norm: LayerNorm
  private let inputs: AttentionInputs
  private let feedForward, out: Linear

  /// - Parameter modulators: gets the block's modulation linear; nil leaves it out.
  init(_ scope: Scope, config: FluxConfig, modulators: inout [Linear]?) throws {
    path = scope.path
    let width = config.width
    if modulators != nil { modulators?.append(try Self.modulator(scope, config: config)) }
    norm = LayerNorm(size: width, epsilon: 1e-6)
    feedForward = try Linear(scope["proj_mlp"], in: width, out: 4 * width)
    out = try Linear(scope["proj_out"], in: 5 * width, out: width)
    inputs = try AttentionInputs(scope["attn"], names: .image, config: config)
  }

  static func modulator(_ scope: Scope, config: FluxConfig) throws -> Linear {
    try Linear(scope["norm.linear"], in: config.width, out: 3 * config.width)
  }

  /// Modulation parts: shift, scale, gate.
  func callAsFunction(_ hidden: Hidden, _ modulation: BlockModulation, _ context: BlockContext) -> Hidden {
    let parts = modulation.parts(0, 3)
    let x = hidden.joined
    let modulated = norm(x) * (parts[1] + 1) + parts[0]
    let wanted = context.wanted(behind: path)
    let (rest, queried) = wanted.map { ($0.of(x, withText: true), $0.of(modulated, withText: true)) } ?? (x, modulated)
    let attended = attend(inputs.queries(queried), inputs.keysAndValues(modulated), in: path, context)
    let both = concatenated([attended, feedForward(queried).gelu(tanh: true)], along: 2)  // [B, L, 5 D]
    return Hidden(
      joined: rest + parts[2] * out(both), textLength: wanted == nil ? hidden.textLength : 0, isWantedOnly: wanted != nil)
  }
}
