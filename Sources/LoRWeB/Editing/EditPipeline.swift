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
    return Conditioning(text: text, pooled: try encoders.pooledText()(prompt))
  }

  /// A picture to scaled latents [1, C, h, w] (the distribution's mode, as the reference takes context pictures).
  func latents(of picture: Picture) throws -> Tensor {
    let config = try encoders.autoencoderConfig()
    return try withTorchErrors { ((try encoders.latents()(picture).mode - config.shift) * config.scale).to(dtype) }
  }

  /// Scaled latents [1, C, h, w] to a picture.
  func picture(of latents: Tensor) throws -> Picture { try encoders.picture(of: latents) }

  /// The transformer with the mix added while its weights are loaded.
  func transformer(_ mix: Mix) throws -> FluxTransformer {
    let config: FluxConfig = try folder.config(.transformer)
    let fused = try FusedSource(folder.weights(.transformer), adding: mix, from: basis.url.lastPathComponent)
    return try load(from: fused, dtype: dtype, device: device) { try FluxTransformer($0, config: config) }
  }
}
