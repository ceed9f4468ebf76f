import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// FLUX.1 and its relatives: T5 states and CLIP's pooled vector, 2×2 latents to a token, a flow walked from noise.
public struct FluxBackbone: Backbone {
  private let source: OpenedSource
  private let config: FluxConfig
  private let dtype: DType

  init(_ source: OpenedSource, dtype: DType) throws {
    (self.source, config, self.dtype) = (source, try source.config(of: .transformer), dtype)
  }

  public func token(factor: Int) -> Int { LatentPacking.side * factor }

  public func adapted() throws -> [AdaptedLinear] { try AdaptedLinear.all(in: config) }

  /// `text`: T5 states [1, T, width]; `pooled`: CLIP's vector [1, P].
  public func conditioning(_ prompt: String, _ parts: ModelParts) throws -> Conditioning {
    let t5: T5Config = try source.config(of: .textEncoder2)
    let clip: CLIPTextConfig = try source.config(of: .textEncoder)
    let t5Tokens = try source.vocabulary(of: .tokenizer2) { try T5Tokenizer(folder: $0) }.encode(prompt)
    let clipTokens = try source.vocabulary(of: .tokenizer) { try CLIPTokenizer(folder: $0) }.encode(prompt)
    let text = try parts.with(
      ModelParts.Recipe(name: "T5", origin: .textEncoder2, dtype: dtype, ignoring: T5Encoder.ignores) {
        try T5Encoder($0, config: t5)
      }
    ) { try $0([t5Tokens.ids]) }
    let pooled = try parts.with(
      ModelParts.Recipe(name: "CLIP text", origin: .textEncoder, dtype: dtype, ignoring: CLIPTextModel.ignores) {
        try CLIPTextModel($0, config: clip)
      }
    ) { try $0([clipTokens.ids]).pooled }
    return Conditioning(["text": text, "pooled": pooled], warnings: clipTokens.warnings() + t5Tokens.warnings())
  }

  public func paint(
    _ painting: Painting, _ parts: ModelParts, report: (PaintingProgress) throws -> Void
  ) throws -> Tensor {
    let grid = try LatentGrid(picture: painting.target, channels: painting.context.size(1), factor: painting.factor)
    let schedule = try FlowSchedule(
      steps: painting.steps, tokens: grid.tokens, config: source.config(of: .scheduler))
    let (text, pooled) = (try batch("text", painting), try batch("pooled", painting))
    let noise = concatenated(try painting.seeds.map { try grid.noise(seed: $0, dtype: dtype) }, along: 0).to(parts.device)
    let config = config
    let whole: (Scope) throws -> Any = { try FluxTransformer($0, config: config) }
    let modulations = try parts.with(
      ModelParts.Recipe(name: "modulation", origin: .transformer, dtype: dtype, whole: whole) {
        try FluxModulator($0, config: config)
      }
    ) {
      $0(schedule, like: noise, guidance: painting.guidance, pooled: pooled)
    }
    return try parts.with(
      ModelParts.Recipe(name: "transformer", origin: .transformer, dtype: dtype, whole: whole) {
        try FluxTransformer($0, config: config, build: .steps)
      }
    ) { transformer in
      var denoiser = Denoiser(
        transformer, schedule: schedule, noise: noise, positions: grid.positions(index: 0).to(parts.device),
        context: [LatentGrid.contextGroup(painting.context)], text: text, modulations: modulations)
      try report(PaintingProgress(done: 0, count: denoiser.count))
      while denoiser.step() {
        let (done, estimate) = (denoiser.index, denoiser.estimate)
        try report(PaintingProgress(done: done, count: denoiser.count) { grid.latents(estimate()) })
      }
      return grid.latents(denoiser.sample)
    }
  }

  private func batch(_ name: String, _ painting: Painting) throws -> Tensor {
    concatenated(painting.conditioning.compactMap { $0.tensors[name] }, along: 0)
  }
}
