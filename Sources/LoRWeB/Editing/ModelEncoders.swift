import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A model folder's encoders. Each function gives another that encodes; the weights are in memory as long as it is kept.
public struct ModelEncoders: Sendable {
  public let folder: ModelFolder
  public let dtype: DType
  public let device: Device
  /// The folder with the image encoder's `config.json` and weights.
  private let images: URL
  private let source: any ModelSource

  /// - Parameter images: the image encoder's folder; nil takes the model folder's own.
  /// - Throws: `ModelFolderError` if the image encoder isn't there.
  public init(_ folder: ModelFolder, images: URL? = nil, dtype: DType, device: Device = .cpu) throws {
    (self.folder, self.dtype, self.device) = (folder, dtype, device)
    self.images = images ?? folder.folder(.imageEncoder)
    source = try images.map { try EncoderFolder($0, for: folder) } ?? folder
    _ = try EncoderFolder.preprocessor(of: self.images)
  }

  /// The autoencoder's type: half precision shows in smooth skies, and on a CPU it is no faster.
  public var autoencoderType: DType { device.kind == .cpu ? .float32 : dtype }

  /// Side of the square of pixels that goes through a layer of the autoencoder at once: as fast as all of them, with less memory.
  static let tile = 256

  // MARK: - Encoding

  /// A text's T5 states, [1, T, width].
  public func textStates() throws -> (String) throws -> Tensor {
    let tokenizer = try T5Tokenizer(folder: folder.folder(.tokenizer2))
    let config: T5Config = try folder.config(.textEncoder2)
    let model = try load(
      from: folder.weights(.textEncoder2), dtype: dtype, device: device, ignoring: T5Encoder.ignores
    ) { try T5Encoder($0, config: config) }
    return { try model([tokenizer.encode($0).ids]) }
  }

  /// A text's pooled CLIP vector, [1, P].
  public func pooledText() throws -> (String) throws -> Tensor {
    let tokenizer = try CLIPTokenizer(folder: folder.folder(.tokenizer))
    let config: CLIPTextConfig = try folder.config(.textEncoder)
    let model = try load(
      from: folder.weights(.textEncoder), dtype: dtype, device: device, ignoring: CLIPTextModel.ignores
    ) { try CLIPTextModel($0, config: config) }
    return { try model([tokenizer.encode($0).ids]).pooled }
  }

  /// Pictures' embeddings for the router, [n, width].
  public func embeddings() throws -> ([Picture]) throws -> Tensor {
    let preprocessor = try source.imagePreprocessor()
    let model = try source.imageEncoder().load(from: source.weights(of: .imageEncoder), dtype: dtype, device: device)
    return { try model.embeddings(of: $0, preparedBy: preprocessor) }
  }

  /// A picture's latents, not yet scaled.
  public func latents() throws -> (Picture) throws -> LatentDistribution {
    let model = try autoencoder()
    return { try model.encode(Tensor.signed($0).to(device: device, dtype: autoencoderType), tile: Self.tile) }
  }

  /// The autoencoder, of `autoencoderType`.
  public func autoencoder() throws -> AutoencoderKL {
    let config = try autoencoderConfig()
    return try load(from: folder.weights(.vae), dtype: autoencoderType, device: device) {
      try AutoencoderKL($0, config: config)
    }
  }

  /// Pictures of scaled latents, [1, C, h, w].
  public func pictures() throws -> (Tensor) throws -> Picture {
    let model = try autoencoder()
    return { latents in
      try Picture(
        signed: try withTorchErrors { try model.decode(model.unscaled(latents.to(autoencoderType)), tile: Self.tile) })
    }
  }

  // MARK: - What they are

  public func autoencoderConfig() throws -> AutoencoderConfig { try folder.config(.vae) }

  /// Width of one picture's embedding.
  public func embeddingWidth() throws -> Int { try source.imageEncoder().width }

  /// The image encoder's folder, and the one of its preprocessor's settings.
  public var imageFolders: [URL] {
    [images, (try? EncoderFolder.preprocessor(of: images).deletingLastPathComponent()) ?? images]
  }

  /// What the image encoder is called: as its own config.json says, as the model's own basis calls it, or by its folders.
  public func imageEncoderName() throws -> String {
    struct Named: Decodable { let _name_or_path: String? }
    let named = try ModelFolder.decode(Named.self, from: images.appending(path: "config.json"))
    if let name = named._name_or_path, !name.isEmpty { return name }
    let own = folder.folder(.imageEncoder).standardizedFileURL
    if images.standardizedFileURL == own, let basis = folder.basis {
      return try BasisFile(basis).router.settings.encoder
    }
    let place = images.standardizedFileURL
    return "\(place.deletingLastPathComponent().lastPathComponent)/\(place.lastPathComponent)"
  }
}
