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

  /// The autoencoder's type: half precision shows in smooth skies, and on a CPU it is no faster.
  private var autoencoderType: DType { device.kind == .cpu ? .float32 : dtype }

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
    let views = try mode.views.map { try plan.view($0, of: canvas) }
    let model = try encoder.load(dtype: dtype, device: device)
    return mode.query(from: try model.embeddings(of: views, preparedBy: encoder.preprocess()))
  }

  /// The prompt to text states and pooled vector; T5 and CLIP are in memory one after the other.
  func conditioning(prompt: String) throws -> Conditioning {
    Conditioning(text: try textStates(prompt), pooled: try pooledText(prompt))
  }

  private func textStates(_ prompt: String) throws -> Tensor {
    let ids = try T5Tokenizer(folder: folder.folder(.tokenizer2)).encode(prompt).ids
    let config: T5Config = try folder.config(.textEncoder2)
    let model = try load(
      from: folder.weights(.textEncoder2), dtype: dtype, device: device, ignoring: T5Encoder.ignores
    ) { try T5Encoder($0, config: config) }
    return try model([ids])
  }

  private func pooledText(_ prompt: String) throws -> Tensor {
    let ids = try CLIPTokenizer(folder: folder.folder(.tokenizer)).encode(prompt).ids
    let config: CLIPTextConfig = try folder.config(.textEncoder)
    let model = try load(
      from: folder.weights(.textEncoder), dtype: dtype, device: device, ignoring: CLIPTextModel.ignores
    ) { try CLIPTextModel($0, config: config) }
    return try model([ids]).pooled
  }

  /// The autoencoder, for a while.
  func withAutoencoder<Result>(_ body: (AutoencoderKL) throws -> Result) throws -> Result {
    let config: AutoencoderConfig = try folder.config(.vae)
    let model = try load(from: folder.weights(.vae), dtype: autoencoderType, device: device) { scope in
      try AutoencoderKL(scope, config: config)
    }
    return try withTorchErrors { try body(model) }
  }

  /// A picture to scaled latents [1, C, h, w] (the distribution's mode, as the reference takes context pictures).
  func latents(of picture: Picture) throws -> Tensor {
    try withAutoencoder { autoencoder in
      let pixels = Tensor.signed(picture).to(device: device, dtype: autoencoderType)
      return autoencoder.scaled(try autoencoder.encode(pixels, tile: Self.tile).mode).to(dtype)
    }
  }

  /// Scaled latents [1, C, h, w] to a picture.
  func picture(of latents: Tensor) throws -> Picture {
    try withAutoencoder { autoencoder in
      let decoded = try autoencoder.decode(autoencoder.unscaled(latents.to(autoencoderType)), tile: Self.tile)
      return try Picture(signed: decoded)
    }
  }

  /// Side of the square of pixels that goes through a layer of the autoencoder at once: as fast as all of them, with less memory.
  private static let tile = 256

  /// The transformer with the mix added while its weights are loaded.
  func transformer(_ mix: Mix) throws -> FluxTransformer {
    let config: FluxConfig = try folder.config(.transformer)
    let fused = try FusedSource(folder.weights(.transformer), adding: mix, from: basis.url.lastPathComponent)
    return try load(from: fused, dtype: dtype, device: device) { try FluxTransformer($0, config: config) }
  }
}
