import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The way of one edit, an arrow a function. Each loads the component it needs and drops it when it returns, so the largest
/// component, not their sum, decides how much memory an edit takes.
struct EditPipeline {
  let folder: ModelFolder
  let basis: BasisFile
  let encoder: EncoderFiles
  let device: Device
  let dtype: DType

  private var encoders: ModelEncoders { ModelEncoders(folder, images: encoder, dtype: dtype, device: device) }

  /// What the transformer is told besides pictures.
  struct Conditioning {
    /// T5 states [1, T, width].
    let text: Tensor
    /// CLIP's vector [1, P].
    let pooled: Tensor
    /// What of the prompt the text encoders don't see, a sentence each.
    let warnings: [String]
  }

  /// The canvas to the router's query [1, Q].
  func query(canvas: Picture, plan: CanvasPlan) throws -> Tensor {
    try basis.checkEncoder(width: encoder.config().width)
    let mode = basis.router.settings.queryMode
    let views = try mode.views.map { try $0.picture(of: canvas, crops: plan.crops) }
    return mode.query(from: try encoders.embeddings()(views))
  }

  /// The prompt to text states and pooled vector; T5 and CLIP are in memory one after the other.
  func conditioning(prompt: String) throws -> Conditioning {
    let text = try encoders.textStates()(prompt)
    return Conditioning(
      text: text, pooled: try encoders.pooledText()(prompt), warnings: try folder.warnings(onPrompt: prompt))
  }

  /// A picture to scaled latents [1, C, h, w] (the distribution's mode, as the reference takes context pictures).
  func latents(of picture: Picture) throws -> Tensor {
    let config = try encoders.autoencoderConfig()
    return try withTorchErrors { ((try encoders.latents()(picture).mode - config.shift) * config.scale).to(dtype) }
  }

  /// Scaled latents [1, C, h, w] to a picture.
  func picture(of latents: Tensor) throws -> Picture { try encoders.picture(of: latents) }

  /// Noise to scaled latents [1, C, h, w] of a picture of `target` pixels.
  ///
  /// - Parameters:
  ///   - context: latents of the picture that is attended to.
  ///   - mix: nil for the base alone.
  ///   - report: told how many steps are done, before the first and after each.
  /// - Throws: `CancellationError` between steps; what loading throws; `ModelError.badInput` for a size that isn't whole tokens
  ///   and for values that are no numbers.
  func sampled(
    _ target: PictureSize, beside context: Tensor, told conditioning: Conditioning, mix: Mix?, _ settings: SamplingSettings,
    report: (_ done: Int, _ of: Int) -> Void
  ) throws -> Tensor {
    let transformer = try transformer(mix)
    let grid = try LatentGrid(
      picture: target, channels: context.size(1), factor: encoders.autoencoderConfig().spatialFactor)
    let schedule = try FlowSchedule(
      steps: settings.steps, tokens: grid.tokens, config: folder.config(.scheduler, "scheduler_config.json"))
    var denoiser = Denoiser(
      transformer, schedule: schedule, noise: try grid.noise(seed: settings.seed, dtype: dtype).to(device),
      positions: grid.positions(index: 0).to(device), context: [LatentGrid.contextGroup(context)],
      text: conditioning.text, pooled: conditioning.pooled, guidance: settings.guidance)
    report(0, denoiser.count)
    while denoiser.step() {
      try Task.checkCancellation()
      report(denoiser.index, denoiser.count)
    }
    guard denoiser.sample.isFinite().all() else {
      throw ModelError.badInput(
        "The model painted values that are no numbers in \(dtype); try --dtype float32, and check the weights if that fails.")
    }
    return grid.latents(denoiser.sample)
  }

  /// The transformer with the mix, if there is one, added while its weights are loaded.
  func transformer(_ mix: Mix?) throws -> FluxTransformer {
    let config: FluxConfig = try folder.config(.transformer)
    let base = try folder.weights(.transformer)
    let source: any WeightSource =
      if let mix { try FusedSource(base, adding: mix) } else { base }
    return try load(from: source, dtype: dtype, device: device) { try FluxTransformer($0, config: config) }
  }
}
