import LoRWeBTorch

/// Text and image tokens with weights of their own each, attending to each other (`transformer_blocks.i`).
final class DoubleStreamBlock: FluxBlock {
  let path: String
  private let image, text: Stream

  /// - Parameter modulators: gets the block's modulation linears, image's then text's; nil leaves them out.
  init(_ scope: Scope, config: FluxConfig, modulators: inout [Linear]?) throws {
    path = scope.path
    image = try Stream(scope, names: .image, config: config, modulators: &modulators)
    text = try Stream(scope, names: .text, config: config, modulators: &modulators)
  }

  /// The modulation linears alone, image's then text's.
  static func modulators(_ scope: Scope, config: FluxConfig) throws -> [Linear] {
    try [.image, .text].map { try Stream.modulator(scope, names: $0, config: config) }
  }

  func callAsFunction(_ hidden: Hidden, _ modulation: BlockModulation, _ context: BlockContext) -> Hidden {
    let wanted = context.wanted(behind: path)
    let imageParts = modulation.parts(0, 6)
    let modulated = image.modulated(hidden.image, imageParts)
    var all = image.inputs.keysAndValues(modulated)
    var queries = image.inputs.queries(wanted?.of(modulated, withText: false) ?? modulated)
    let textParts = hidden.textLength > 0 ? modulation.parts(1, 6) : []
    if hidden.textLength > 0 {
      let modulated = text.modulated(hidden.text, textParts)
      all = text.inputs.keysAndValues(modulated).followed(by: [all])
      if wanted == nil { queries = concatenated([text.inputs.queries(modulated), queries], along: 1) }
    }
    let joint = Hidden(joined: attend(queries, all, in: path, context), textLength: wanted == nil ? hidden.textLength : 0)
    let finished = image.finish(
      wanted?.of(hidden.image, withText: false) ?? hidden.image, attended: joint.image, imageParts)
    guard hidden.textLength > 0, wanted == nil else {
      return Hidden(joined: finished, textLength: 0, isWantedOnly: wanted != nil)
    }
    return Hidden(text: text.finish(hidden.text, attended: joint.text, textParts), image: finished)
  }
}

/// One stream's half of a double-stream block. Modulation parts: shift, scale, gate of attention, then of the feed-forward.
private struct Stream {
  private let norm: LayerNorm
  let inputs: AttentionInputs
  private let toOut, feedForwardIn, feedForwardOut: Linear

  struct Names {
    let norm, out, feedForward: String
    let attention: AttentionInputs.Names
    static let image = Names(norm: "norm1", out: "to_out.0", feedForward: "ff", attention: .image)
    static let text = Names(norm: "norm1_context", out: "to_add_out", feedForward: "ff_context", attention: .text)
  }

  init(_ scope: Scope, names: Names, config: FluxConfig, modulators: inout [Linear]?) throws {
    let width = config.width
    if modulators != nil { modulators?.append(try Self.modulator(scope, names: names, config: config)) }
    norm = LayerNorm(size: width, epsilon: 1e-6)
    inputs = try AttentionInputs(scope["attn"], names: names.attention, config: config)
    toOut = try Linear(scope["attn.\(names.out)"], in: width, out: width)
    feedForwardIn = try Linear(scope["\(names.feedForward).net.0.proj"], in: width, out: 4 * width)
    feedForwardOut = try Linear(scope["\(names.feedForward).net.2"], in: 4 * width, out: width)
  }

  static func modulator(_ scope: Scope, names: Names, config: FluxConfig) throws -> Linear {
    try Linear(scope["\(names.norm).linear"], in: config.width, out: 6 * config.width)
  }

  /// What attention's linears are given.
  func modulated(_ x: Tensor, _ parts: [Tensor]) -> Tensor { norm(x) * (parts[1] + 1) + parts[0] }

  func finish(_ x: Tensor, attended: Tensor, _ parts: [Tensor]) -> Tensor {
    let y = x + parts[2] * toOut(attended)
    let modulated = norm(y) * (parts[4] + 1) + parts[3]
    return y + parts[5] * feedForwardOut(feedForwardIn(modulated).gelu(tanh: true))
  }
}
