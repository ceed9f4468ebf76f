import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A model whose parts are loaded as they are needed and kept as its residency says; what it has found out about prompts and
/// pictures is kept too.
///
/// Ordinary synchronous code for one thread; a `ModelHost` owns one on an engine.
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
  private var fused: FittedAdapter?

  /// A picture by its content.
  private struct Seen: Hashable {
    let width, height: Int
    let pixels: [UInt8]

    init(_ picture: Picture) {
      (width, height, pixels) = (picture.width, picture.height, picture.pixels)
    }

    /// Some of the samples are enough to tell most pictures apart; equality looks at all.
    func hash(into hasher: inout Hasher) {
      hasher.combine(width)
      hasher.combine(height)
      for index in stride(from: 0, to: pixels.count, by: max(pixels.count / 512, 1)) { hasher.combine(pixels[index]) }
    }
  }

  /// Opens a model, reading settings but no weights.
  ///
  /// - Parameters:
  ///   - dtype: what to compute in; nil is bf16 for models that would not fit comfortably in fp32 (from a billion adapted weights
  ///     on) and fp32 for smaller ones.
  ///   - backbone: nil is FLUX.
  /// - Throws: `ModelFolderError`, `ModelError` for whatever is missing or makes no sense.
  public init(
    _ source: any ModelSource, residency: Residency = .usual, device: Device = .cpu, dtype: DType? = nil,
    backbone: ((ModelParts, DType) throws -> any Backbone)? = nil
  ) throws {
    let opened = OpenedSource(source)
    let parts = ModelParts(opened, residency: residency, device: device)
    (self.opened, self.parts, self.device) = (opened, parts, device)
    func make(_ dtype: DType) throws -> any Backbone {
      try backbone?(parts, dtype) ?? FluxBackbone(opened, dtype: dtype)
    }
    if let dtype {
      (self.dtype, self.backbone) = (dtype, try make(dtype))
    } else {
      let small = try make(.float32)
      let weights = try small.adapted().reduce(0) { $0 + $1.inputs * $1.outputs }
      (self.dtype, self.backbone) = weights < 1_000_000_000 ? (.float32, small) : (.bfloat16, try make(.bfloat16))
    }
  }

  public var source: any ModelSource { opened.source }
  public var usage: ModelUsage { opened.usage }

  /// The autoencoder's type: half precision shows in smooth skies, and on a CPU it is no faster.
  public var autoencoderType: DType { device.kind == .cpu ? .float32 : dtype }

  /// Side of the square of pixels that goes through a layer of the autoencoder at once: as fast as all of them, with less memory.
  public static let tile = 256

  /// A basis for this model: its file opened, its names, sizes and router's settings looked at, once.
  ///
  /// - Throws: `CheckpointError`, `AdapterError` if it is no basis, or doesn't fit the transformer or the image encoder.
  public func basis(_ choice: BasisChoice) throws -> OpenedBasis {
    if let known = bases[choice] { return known }
    let file = try BasisFile(choice.file, config: choice.config)
    let fit = try Fit(of: file.layers, to: opened.weights(of: .transformer), from: choice.file.lastPathComponent)
    try file.checkEncoder(width: embeddingWidth())
    let basis = OpenedBasis(file, fit: fit, device: device, keeps: parts.keeps)
    bases[choice] = basis
    return basis
  }

  // MARK: - What it makes of prompts and pictures

  /// What the backbone is told for a prompt.
  ///
  /// - Throws: what loading text encoders throws.
  public func conditioning(_ prompt: String) throws -> Conditioning {
    try conditionings.value(for: prompt) { try backbone.conditioning(prompt, parts) }
  }

  /// Embeddings of pictures for the router, [n, width].
  ///
  /// - Throws: what loading the image encoder throws.
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
  ///
  /// - Throws: what loading the image encoder throws.
  public func embed(_ pictures: [Picture]) throws -> Tensor {
    let config = try opened.imageEncoder()
    let prepare = try opened.settings(of: .featureExtractor)
    let preprocessor = try ImagePreprocessor(json: prepare.json, named: prepare.name)
    try config.checkPatchEmbedding(of: opened.weights(of: .imageEncoder))
    let recipe = ModelParts.Recipe(
      name: "image encoder", origin: .imageEncoder, dtype: dtype, ignoring: config.ignores, build: config.build)
    return try parts.with(recipe) { try $0.embeddings(of: pictures, preparedBy: preprocessor) }
  }

  /// Width of one picture's embedding.
  ///
  /// - Throws: what reading the image encoder's settings throws.
  public func embeddingWidth() throws -> Int { try opened.imageEncoder().width }

  /// Mean and log variance [B, C, h, w] of pictures' latents, not yet scaled, each time anew.
  ///
  /// - Parameters:
  ///   - pixels: [B, 3, H, W] within −1...1.
  ///   - type: what the autoencoder computes in; nil is its own.
  ///   - tile: at most so many pixels squared go through a layer at once; nil for all.
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func distribution(
    of pixels: Tensor, in type: DType? = nil, tile: Int? = LoadedModel.tile
  ) throws -> LatentDistribution {
    let type = type ?? autoencoderType
    return try autoencoder(.encoder, type) { try $0.encode(pixels.to(device: device, dtype: type), tile: tile) }
  }

  /// A picture's scaled latents [1, C, h, w] in the model's type (the distribution's mode, as the reference takes context
  /// pictures).
  ///
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func latents(of picture: Picture) throws -> Tensor {
    try latents.value(for: Seen(picture)) {
      try autoencoderConfig().scaled(distribution(of: .signed(picture)).mode).to(dtype)
    }
  }

  /// The picture of scaled latents [1, C, h, w].
  ///
  /// - Throws: what loading the autoencoder throws.
  public func picture(of latents: Tensor) throws -> Picture {
    try autoencoder(.decoder, autoencoderType) { model in
      try Picture(
        signed: try withTorchErrors { try model.decode(model.unscaled(latents.to(autoencoderType)), tile: Self.tile) })
    }
  }

  /// A picture once through the autoencoder.
  ///
  /// - Throws: as `latents`.
  public func autoencoded(_ picture: Picture) throws -> Picture {
    try answers.value(for: Seen(picture)) { try self.picture(of: latents(of: picture)) }
  }

  /// Pixels of a picture along a side of one latent.
  ///
  /// - Throws: what reading the autoencoder's settings throws.
  public func spatialFactor() throws -> Int { try autoencoderConfig().spatialFactor }

  public func autoencoderConfig() throws -> AutoencoderConfig { try opened.config(of: .vae) }

  /// Pixels along a side of the square that a token of the canvas stands for.
  ///
  /// - Throws: what reading the autoencoder's settings throws.
  public func token() throws -> Int { try backbone.token(factor: spatialFactor()) }

  /// How this model's canvas is laid out for pictures of these sizes.
  ///
  /// - Throws: `PicturesError` for pictures no canvas can be made of; what reading the autoencoder's settings throws.
  public func canvasPlan(a: PictureSize, aPrime: PictureSize, b: PictureSize) throws -> CanvasPlan {
    try CanvasPlan(
      a: a, aPrime: aPrime, b: b, rule: usage.canvasRule, token: backbone.token(factor: spatialFactor()))
  }

  // MARK: - Painting

  /// Paints a batch, with an adapter or as the base does.
  ///
  /// - Parameters:
  ///   - adapter: nil for the base alone.
  ///   - way: nil is the cheaper one.
  /// - Throws: what loading throws; `ModelError.badInput` for values that are no numbers; what `report` throws.
  public func paint(
    _ painting: Painting, with adapter: FittedAdapter?, as way: AdapterUse? = nil,
    report: (PaintingProgress) throws -> Void = { _ in }
  ) throws -> Tensor {
    let latents = try with(adapter, as: way, for: painting) { try backbone.paint(painting, parts, report: report) }
    guard latents.isFinite().all() else {
      throw ModelError.badInput(
        "The model painted values that are no numbers in \(dtype); compute in float32, and check the weights if that fails.")
    }
    return latents
  }

  /// Does something while an adapter is on the transformer's parts; takes it off again, or keeps it fused for the next time.
  func with<Result>(
    _ adapter: FittedAdapter?, as way: AdapterUse?, for painting: Painting, _ body: () throws -> Result
  ) throws -> Result {
    guard let adapter else {
      try takeOffFused()
      return try body()
    }
    switch try parts.hasFixed ? .attach : way ?? cheaper(adapter, painting) {
    case .attach:
      try takeOffFused()
      let attachment = try adapter.adapter.attach(to: parts.deltas, adapter.fit)
      defer { attachment.takeOff() }
      return try body()
    case .fuse:
      let files = try opened.weights(of: .transformer)
      if fused?.key != adapter.key {
        try takeOffFused()
        _ = try adapter.adapter.fuse(into: parts.registries(from: .transformer), readFrom: files, adapter.fit)
        fused = adapter
      }
      // What isn't in memory yet is loaded with the adapter in it.
      parts.replaced[.transformer] = try FusedSource(files, adding: adapter.adapter)
      defer { parts.replaced[.transformer] = nil }
      return try body()
    }
  }

  private func takeOffFused() throws {
    guard let adapter = fused else { return }
    fused = nil
    let held = parts.registries(from: .transformer)
    do {
      try Fusion(of: adapter.adapter, in: held, readFrom: opened.weights(of: .transformer)).takeOff()
    } catch {
      parts.drop(from: .transformer)
      throw error
    }
  }

  /// The way with fewer multiplications: attached, a low-rank path for every token of every step; fused, one product for every
  /// weight, which must be read and written besides.
  private func cheaper(_ adapter: FittedAdapter, _ painting: Painting) throws -> AdapterUse {
    guard (try? adapter.adapter.checkFusible()) != nil else { return .attach }
    if let fused, fused.key == adapter.key { return .fuse }
    let token = backbone.token(factor: painting.factor)
    let tokens = 2 * (painting.target.width / max(token, 1)) * (painting.target.height / max(token, 1))
    let passes = Double(tokens * painting.seeds.count * painting.steps)
    let reading = 64.0  // what reading a weight, adding to it and rounding it costs, in multiplications
    let (attached, fused) = adapter.fit.layers.reduce((0.0, 0.0)) { sum, layer in
      let rank = Double(adapter.rank)
      return (
        sum.0 + passes * rank * Double(layer.inputs + layer.outputs),
        sum.1 + Double(layer.inputs * layer.outputs) * (rank + reading)
      )
    }
    return attached < fused ? .attach : .fuse
  }

  // MARK: - Parts

  private func autoencoder<Result>(
    _ half: AutoencoderKL.Build, _ type: DType, _ body: (AutoencoderKL) throws -> Result
  ) throws -> Result {
    let config = try autoencoderConfig()
    return try parts.with(
      ModelParts.Recipe(
        name: "autoencoder's \(half) in \(type)", origin: .vae, dtype: type,
        whole: { try AutoencoderKL($0, config: config) },
        build: { try AutoencoderKL($0, config: config, build: half) }), body)
  }
}

/// How an adapter is applied.
public enum AdapterUse: String, Sendable, CaseIterable, Codable {
  /// Beside the weights, which stay as they are: many analogies, few steps.
  case attach
  /// Into the weights: one analogy, many steps.
  case fuse
}

/// An adapter that is known to fit, and a name for it: what has the same name is the same adapter.
public struct FittedAdapter {
  public let adapter: any Adapter
  public let fit: Fit
  public let key: AnyHashable
  /// Columns of its low-rank path.
  public let rank: Int

  public init(_ adapter: any Adapter, _ fit: Fit, key: AnyHashable, rank: Int) {
    (self.adapter, self.fit, self.key, self.rank) = (adapter, fit, key, rank)
  }
}
