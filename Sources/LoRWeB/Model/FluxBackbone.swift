import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// FLUX.1 and its relatives: T5 states and CLIP's pooled vector, 2×2 latents to a token, a flow walked from noise.
public struct FluxBackbone: Backbone {
  /// Names of its parts in memory.
  fileprivate static let (modulation, steps) = ("modulation", "transformer")
  private let source: OpenedSource
  private let config: FluxConfig
  private let dtype: DType

  init(_ source: OpenedSource, dtype: DType) throws {
    (self.source, config, self.dtype) = (source, try source.config(of: .transformer), dtype)
  }

  public var samplesFlow: Bool { true }

  public func token(factor: Int) -> Int { LatentPacking.side * factor }

  public func adapted() throws -> [AdaptedLinear] { try AdaptedLinear.all(in: config) }

  /// CLIP's and T5's.
  public func tokens(of prompt: String) throws -> [TokenSequence] {
    [
      try source.vocabulary(of: .tokenizer) { try CLIPTokenizer(folder: $0) }.encode(prompt),
      try source.vocabulary(of: .tokenizer2) { try T5Tokenizer(folder: $0) }.encode(prompt),
    ]
  }

  public func conditioning(_ prompt: String, _ parts: ModelParts) throws -> Conditioning {
    let t5: T5Config = try source.config(of: .textEncoder2)
    let clip: CLIPTextConfig = try source.config(of: .textEncoder)
    let tokens = try tokens(of: prompt)
    let words = ModelParts.Recipe(name: "T5", origin: .textEncoder2, dtype: dtype, ignoring: T5Encoder.ignores) {
      try T5Encoder($0, config: t5)
    }
    let whole = ModelParts.Recipe(name: "CLIP text", origin: .textEncoder, dtype: dtype, ignoring: CLIPTextModel.ignores) {
      try CLIPTextModel($0, config: clip)
    }
    return Conditioning(
      text: try parts.with(words) { try $0([tokens[1].ids]) }, pooled: try parts.with(whole) { try $0([tokens[0].ids]).pooled },
      warnings: tokens.flatMap { $0.warnings() })
  }

  public func paint(
    _ painting: Painting, _ parts: ModelParts, report: (PaintingProgress) throws -> Void
  ) throws -> Tensor {
    func grid(_ part: CanvasParts.Part, of picture: PictureSize) throws -> LatentGrid {
      try LatentGrid(picture: picture, part: part, channels: painting.context.size(1), factor: painting.factor)
    }
    let context = try painting.parts.context.map { try grid($0, of: painting.seen).contextGroup(painting.context) }
    let grid = try grid(painting.parts.painted, of: painting.target)
    let schedule = try FlowSchedule(steps: painting.steps, tokens: grid.pictureTokens, config: source.config(of: .scheduler))
    let told = painting.conditioning
    let text = concatenated(told.compactMap(\.text), along: 0)
    let noise = concatenated(try painting.seeds.map { try grid.noise(seed: $0, dtype: dtype) }, along: 0).to(parts.device)
    let config = config
    let whole: (Scope) throws -> Void = { _ = try FluxTransformer($0, config: config) }
    let modulator = ModelParts.Recipe(name: Self.modulation, origin: .transformer, dtype: dtype, whole: whole) {
      try FluxModulator($0, config: config)
    }
    let modulations = try parts.with(modulator) {
      $0(schedule, like: noise, guidance: painting.guidance, pooled: concatenated(told.compactMap(\.pooled), along: 0))
    }
    let steps = ModelParts.Recipe(name: Self.steps, origin: .transformer, dtype: dtype, whole: whole) {
      try FluxTransformer($0, config: config, build: .steps)
    }
    return try parts.with(steps) { transformer in
      var denoiser = Denoiser(
        transformer, schedule: schedule, noise: noise, positions: grid.positions(index: 0).to(parts.device), context: context,
        text: text, modulations: modulations, solver: painting.solver, keep: painting.keep)
      try report(PaintingProgress(done: 0, count: denoiser.count))
      while denoiser.step() {
        let (done, estimate) = (denoiser.index, denoiser.estimate)
        try report(PaintingProgress(done: done, count: denoiser.count) { grid.latents(estimate()) })
      }
      return grid.latents(denoiser.sample)
    }
  }
}

extension Conditioning {
  /// Of FLUX: T5 states [1, T, width] and CLIP's pooled vector [1, P].
  public init(text: Tensor, pooled: Tensor, warnings: [String] = []) {
    self.init(["text": text, "pooled": pooled], warnings: warnings)
  }

  public var text: Tensor? { tensors["text"] }
  public var pooled: Tensor? { tensors["pooled"] }
}

extension LoadedModel {
  /// FLUX's transformer, whole, for who trains on it: it stays in memory and paints, with adapters attached and never fused.
  public func heldTransformer() throws -> FluxTransformer {
    let config: FluxConfig = try opened.config(of: .transformer)
    let whole = ModelParts.Recipe(name: FluxBackbone.steps, origin: .transformer, dtype: dtype) {
      try FluxTransformer($0, config: config)
    }
    let transformer = try parts.hold(whole)
    if let modulator = transformer.modulator { parts.hold(modulator, as: FluxBackbone.modulation) }
    return transformer
  }
}
