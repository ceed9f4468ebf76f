import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A model whose parts are loaded as they are needed and kept as its residency says; what it has found out about prompts and
/// pictures is kept too. Ordinary synchronous code for one thread; a `ModelHost` owns one on an engine.
public final class LoadedModel {
  public let device: Device
  /// What texts, pictures' embeddings and paintings are computed in.
  public let dtype: DType
  public let backbone: any Backbone
  public let parts: ModelParts
  let opened: OpenedSource
  private var conditionings = RecentValues<String, Conditioning>(limit: 64)
  private var embeddings = RecentValues<Seen, Tensor>(limit: 64)
  private var latents = RecentValues<Seen, Tensor>(limit: 16)
  private var answers = RecentValues<Seen, Picture>(limit: 16)
  private var bases: [BasisChoice: OpenedBasis] = [:]
  /// What recipes say of the files of parts that were opened.
  var contents: [ModelPart: [String: Recipe.Content]] = [:]
  /// What is in the weights of all the transformer's parts in memory.
  var fused: FittedAdapter?

  /// Opens a model, reading settings but no weights.
  /// - Parameters:
  ///   - dtype: what to compute in; nil is bf16 for models that would not fit comfortably in fp32 (from a billion adapted
  ///     weights on) and fp32 for smaller ones.
  ///   - backbone: nil is FLUX.
  /// - Throws: `ModelFolderError`, `ModelError` for whatever is missing or makes no sense.
  public init(
    _ source: any ModelSource, residency: Residency = .usual, device: Device = .cpu, dtype: DType? = nil,
    backbone: ((ModelParts, DType) throws -> any Backbone)? = nil
  ) throws {
    let opened = OpenedSource(source)
    let parts = ModelParts(opened, residency: residency, device: device)
    (self.opened, self.parts, self.device) = (opened, parts, device)
    func make(_ dtype: DType) throws -> any Backbone { try backbone?(parts, dtype) ?? FluxBackbone(opened, dtype: dtype) }
    if let dtype {
      (self.dtype, self.backbone) = (dtype, try make(dtype))
    } else {
      let small = try make(.float32)
      let weights = try small.adapted().reduce(0) { $0 + $1.inputs * $1.outputs }
      (self.dtype, self.backbone) = weights < 1_000_000_000 ? (.float32, small) : (.bfloat16, try make(.bfloat16))
    }
  }

  public var source: any ModelSource { opened.source }
  public var usage: ModelUsage { source.usage }

  /// The autoencoder's type: half precision shows in smooth skies, and on a CPU it is no faster.
  public var autoencoderType: DType { device.kind == .cpu ? .float32 : dtype }

  /// Side of the square of pixels that goes through a layer of the autoencoder at once: as fast as all, with less memory.
  public static let tile = 256

  /// A basis for this model: its file opened, its names, sizes and router's settings looked at, once.
  /// - Throws: `CheckpointError`, `AdapterError` if it is no basis, or doesn't fit the transformer or the image encoder.
  public func basis(_ choice: BasisChoice) throws -> OpenedBasis {
    if let known = bases[choice] { return known }
    let file = try BasisFile(choice.file, config: choice.config)
    let fit = try file.fit(opened.weights(of: .transformer))
    try file.checkEncoder(width: embeddingWidth())
    let basis = OpenedBasis(file, fit: fit, device: device, keeps: parts.keeps)
    bases[choice] = basis
    return basis
  }

  /// What the backbone is told for a prompt.
  public func conditioning(_ prompt: String) throws -> Conditioning {
    try conditionings.value(for: prompt) { try backbone.conditioning(prompt, parts) }
  }

  /// Embeddings of pictures for the router, [n, width].
  public func embeddings(of pictures: [Picture]) throws -> Tensor {
    var found = pictures.map { embeddings[Seen($0)] }
    let missing = found.indices.filter { found[$0] == nil }
    if !missing.isEmpty {
      // Those that are new go through the encoder together.
      let made = try embed(missing.map { pictures[$0] })
      for (place, index) in missing.enumerated() {
        found[index] = made.narrowed(0, from: place, count: 1)
        embeddings.keep(made.narrowed(0, from: place, count: 1), for: Seen(pictures[index]))
      }
    }
    return concatenated(found.compactMap(\.self), along: 0)
  }

  /// The same of pictures that go through the encoder together, each time anew.
  public func embed(_ pictures: [Picture]) throws -> Tensor {
    let config = try opened.imageEncoder()
    let preprocessor = try opened.imagePreprocessor()
    try config.checkPatchEmbedding(of: opened.weights(of: .imageEncoder))
    let recipe = ModelParts.Recipe(
      name: "image encoder", origin: .imageEncoder, dtype: dtype, ignoring: config.ignores, build: config.build)
    return try parts.with(recipe) { try $0.embeddings(of: pictures, preparedBy: preprocessor) }
  }

  /// Width of one picture's embedding.
  public func embeddingWidth() throws -> Int { try opened.imageEncoder().width }

  /// Mean and log variance [B, C, h, w] of pictures' latents, not yet scaled, each time anew.
  /// - Parameters:
  ///   - pixels: [B, 3, H, W] within −1...1.
  ///   - type: what the autoencoder computes in; nil is its own.
  ///   - tile: at most so many pixels squared go through a layer at once; nil for all.
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func distribution(of pixels: Tensor, in type: DType? = nil, tile: Int? = LoadedModel.tile) throws -> LatentDistribution
  {
    let type = type ?? autoencoderType
    return try autoencoder(.encoder, type) { try $0.encode(pixels.to(device: device, dtype: type), tile: tile) }
  }

  /// A picture's scaled latents [1, C, h, w] in the model's type: the distribution's mode, as the reference takes it.
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func latents(of picture: Picture) throws -> Tensor {
    try latents.value(for: Seen(picture)) { try autoencoderConfig().scaled(distribution(of: .signed(picture)).mode).to(dtype) }
  }

  /// The picture of scaled latents [1, C, h, w].
  public func picture(of latents: Tensor) throws -> Picture {
    try autoencoder(.decoder, autoencoderType) { model in
      try Picture(signed: withTorchErrors { try model.decode(model.unscaled(latents.to(autoencoderType)), tile: Self.tile) })
    }
  }

  /// A picture once through the autoencoder.
  public func autoencoded(_ picture: Picture) throws -> Picture {
    try answers.value(for: Seen(picture)) { try self.picture(of: latents(of: picture)) }
  }

  public func autoencoderConfig() throws -> AutoencoderConfig { try opened.config(of: .vae) }

  /// Pixels of a picture along a side of one latent.
  public func spatialFactor() throws -> Int { try autoencoderConfig().spatialFactor }

  /// Pixels along a side of the square that a token of the canvas stands for.
  public func token() throws -> Int { try backbone.token(factor: spatialFactor()) }

  /// How this model's canvas is laid out for pictures of these sizes.
  /// - Throws: `PicturesError` for pictures no canvas can be made of; what reading the autoencoder's settings throws.
  public func canvasPlan(a: PictureSize, aPrime: PictureSize, b: PictureSize) throws -> CanvasPlan {
    try CanvasPlan(a: a, aPrime: aPrime, b: b, rule: usage.canvasRule, token: token())
  }

  private func autoencoder<Result>(
    _ half: AutoencoderKL.Build, _ type: DType, _ body: (AutoencoderKL) throws -> Result
  ) throws -> Result {
    let config = try autoencoderConfig()
    let recipe = ModelParts.Recipe(
      name: "autoencoder's \(half) in \(type)", origin: .vae, dtype: type, whole: { _ = try AutoencoderKL($0, config: config) },
      build: { try AutoencoderKL($0, config: config, build: half) })
    return try parts.with(recipe, body)
  }
}
