import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A set of analogies as a run's data.
///
/// ```swift
/// let pictures = try PictureData(set, config: config, encoders: encoders, cache: FeatureCache(folder))
/// try pictures.fill()               // runs the encoders once, which are then no longer in memory
/// let run = try TrainingRun(config, transformer: …, basis: …, data: pictures.data, folder: …)
/// ```
public final class PictureData {
  public let features: AnalogyFeatures
  public let encoders: ModelEncoders
  private let config: TrainingConfig
  private let autoencoder: AutoencoderConfig
  private var canvases: PairSampler
  private var singles: PairSampler?
  private var batches = 0
  private let set: AnalogySet
  /// Each picture's latents, where pictures are encoded alone, and each analogy's place there; filled by `fill`.
  private var shelf: (latents: LatentShelf, places: [String: Int])?
  /// Analogies to look at as a run goes on: held-out ones if there are any, of as many tasks as possible.
  public let samples: [AnalogySample]

  /// Draws from a set; nothing is encoded yet.
  ///
  /// - Parameter heldOut: analogies that are looked at only.
  /// - Throws: `AnalogySetError` for a set nothing can be drawn from; what reading the model's settings throws.
  public init(
    _ set: AnalogySet, heldOut: AnalogySet? = nil, config: TrainingConfig, encoders: ModelEncoders, cache: FeatureCache
  ) throws {
    (self.config, self.encoders, self.set) = (config, encoders, set)
    autoencoder = try encoders.autoencoderConfig()
    let rule = config.data.rule(own: encoders.folder.usage.canvasRule)
    features = try AnalogyFeatures(cache: cache, rule: rule, encoders: encoders.identities())
    func sampler(_ batch: Int, _ seed: UInt64, _ dropout: Double, _ set: AnalogySet) throws -> PairSampler {
      try PairSampler(
        set, rule: rule,
        settings: PairSampler.Settings(
          batchSize: batch, captionDropout: dropout, directions: config.data.directions, tasks: config.data.tasks, seed: seed))
    }
    let dropout = config.data.captionDropout
    canvases = try sampler(config.batch, config.seed, dropout, set)
    singles = config.data.singles > 0 ? try sampler(config.data.singlesBatch, config.seed &+ 1, dropout, set) : nil
    let isEmpty = heldOut.map { $0.tasks.isEmpty && $0.prepared.isEmpty } ?? true
    samples = try Self.chosen(config.samples, from: sampler(1, config.seed, 0, isEmpty ? set : heldOut ?? set))
  }

  /// Runs each encoder in turn over what the first `count` batches need and the cache doesn't have yet.
  ///
  /// - Parameters:
  ///   - count: batches; nil for the whole run's.
  ///   - progress: told what is being encoded and how much of it is done; what it throws ends the filling, and what was encoded
  ///     is kept.
  /// - Throws: `AnalogySetError` for a picture that can't be used or a disk without room for it all, before anything is encoded;
  ///   what encoding throws; `CancellationError`.
  public func fill(
    batches count: Int? = nil, progress: @escaping (_ what: String, _ done: Int, _ of: Int) throws -> Void = { _, _, _ in }
  ) throws {
    let all = count ?? config.steps * config.accumulate
    let alone = config.data.singleCount(all)
    let drawn = try canvases.upcoming(all - alone) + samples.map(\.quadruple)
    let drawnAlone = try singles?.upcoming(alone) ?? []
    var seen: Set<String> = []
    let quadruples = (drawn + drawnAlone).filter { seen.insert($0.id).inserted }
    let isWhole = config.data.encoded == .canvases
    let latents = [
      (AnalogyFeatures.LatentPart.canvases, isWhole ? drawn : samples.map(\.quadruple)), (.singles, isWhole ? drawnAlone : []),
    ]
    let captions = Set(quadruples.map { AnalogyCaption.cleaned($0.instruction) }).sorted()
    let views = config.basis.queryMode.cachedViews
    try features.cache.requireRoom(
      for: features.bytesToFill(
        canvases: latents[0].1, singles: latents[1].1, captions: captions, views: .router(views), viewCount: views.count,
        sizes: encoders.featureSizes()))
    func tell(_ what: String) -> (Int, Int) throws -> Void { { try progress(what, $0, $1) } }
    if !isWhole { try fillShelf(tell("pictures through the autoencoder")) }
    for (part, quadruples) in latents {
      _ = try features.fillLatents(part, of: quadruples, progress: tell("pictures through the autoencoder")) {
        let encode = try encoders.latents()
        return { picture in try computed { try encode(picture) } }
      }
    }
    _ = try features.fillEmbeddings(
      of: quadruples, views: .router(views), progress: tell("pictures through the router's encoder")
    ) {
      let encode = try encoders.embeddings()
      return { pictures in try computed { try encode(pictures) } }
    }
    try features.fillTexts(captions, progress: tell("captions")) {
      let (states, pooled) = (try encoders.textStates(), try encoders.pooledText())
      return { caption in try computed { TextFeatures(states: try states(caption), pooled: try pooled(caption)) } }
    }
    Engine.trimMemory()
  }

  /// - Throws: `TrainingError.badSetting` for a model that lays out pictures in their own shapes; what encoding throws.
  private func fillShelf(_ progress: @escaping (Int, Int) throws -> Void) throws {
    guard let tile = encoders.folder.usage.tile else {
      throw TrainingError.badSetting(
        place: "the settings", key: "data.encoded",
        problem: "is pictures, expected canvases for a model without a tile of its own")
    }
    let latents = try LatentShelf(set, of: encoders.folder, side: tile, in: features.cache.folder, progress: progress)
    let places = latents.quadruples.enumerated().map { ($1.id, $0) }
    shelf = (latents, Dictionary(places, uniquingKeysWith: { first, _ in first }))
  }

  /// What a `TrainingRun` draws from: canvases of `batch` analogies, and single pictures where the settings say so.
  public var data: TrainingData {
    TrainingData(
      next: { [self] _, generator in try next(generator) },
      position: { [self] in
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(Position(batches: batches, canvases: canvases.position, singles: singles?.position))
      },
      restore: { [self] in try restore($0) })
  }

  /// Some samples of a sampler, of as many tasks as possible, their captions kept.
  private static func chosen(_ count: Int, from sampler: PairSampler) throws -> [AnalogySample] {
    var (ahead, first, more, tasks) = (sampler, [AnalogySample](), [AnalogySample](), Set<String>())
    for _ in 0..<min(ahead.batchesPerEpoch, 256) where first.count < count {
      for sample in try ahead.next() {
        if tasks.insert(sample.quadruple.task).inserted { first.append(sample) } else { more.append(sample) }
      }
    }
    return Array((first + more).prefix(count))
  }

  /// Tokens of one canvas of the next batch: text, target and context.
  public func tokensPerSample() throws -> Int {
    var ahead = canvases
    guard let sample = try ahead.next().first else { return 0 }
    let side = 2 * autoencoder.spatialFactor
    return try features.text("").states.size(1) + 2 * (sample.canvas.width / side) * (sample.canvas.height / side)
  }

  /// What the model is given for a sample when it paints: the context's likeliest latents [1, C, h, w], scaled.
  func inputs(of sample: AnalogySample) throws -> (context: Tensor, text: TextFeatures, query: Tensor) {
    let mean = try features.latents(of: sample.quadruple).control.mode.to(.float32)
    let query = try query(of: sample.quadruple).to(.float32)
    return ((mean - autoencoder.shift) * autoencoder.scale, try features.text(sample.caption), query)
  }

  // MARK: - Drawing

  private struct Position: Codable {
    let batches: Int
    let canvases: PairSampler.Position
    let singles: PairSampler.Position?
  }

  private func restore(_ data: Data) throws {
    guard let position = try? JSONDecoder().decode(Position.self, from: data), position.batches >= 0,
      (position.singles == nil) == (singles == nil)
    else {
      throw AnalogySetError.foreignPosition(
        reason: "it was saved for other data; resume with the set and settings as they were")
    }
    try canvases.resume(at: position.canvases)
    if let saved = position.singles { try singles?.resume(at: saved) }
    batches = position.batches
  }

  private func next(_ generator: Generator) throws -> TrainingBatch {
    defer { batches += 1 }
    if config.data.isSingle(batches), let samples = try singles?.next() { return try batch(samples, .singles, generator) }
    return try batch(canvases.next(), .canvases, generator)
  }

  /// A batch of samples from the cache.
  func batch(
    _ samples: [AnalogySample], _ part: AnalogyFeatures.LatentPart = .canvases, _ generator: Generator
  ) throws -> TrainingBatch {
    try withTorchErrors {
      try noGrad {
        let texts = try samples.map { try features.text($0.caption) }
        let queries = concatenated(try samples.map { try query(of: $0.quadruple) }, along: 0).to(.float32)
        let (text, pooled) = (concatenated(texts.map(\.states), along: 0), concatenated(texts.map(\.pooled), along: 0))
        if let shelf {
          let places = samples.compactMap { shelf.places[$0.quadruple.id] }
          return shelf.latents.batch(places, isCanvas: part == .canvases, text: text, pooled: pooled, query: queries)
        }
        var (targets, contexts): ([Tensor], [Tensor]) = ([], [])
        for sample in samples {
          let (target, control) = try features.latents(part, of: sample.quadruple)
          targets.append(latents(target, generator))
          contexts.append(latents(control, generator))
        }
        guard let grid = targets.first?.shape, grid.count == 4 else {
          throw TrainingError.badBatch("there are no latents [1, C, h, w] to make a batch of")
        }
        return TrainingBatch(
          target: LatentPacking.pack(concatenated(targets, along: 0)),
          context: LatentPacking.pack(concatenated(contexts, along: 0)),
          rows: grid[2] / 2, columns: grid[3] / 2, edited: part == .singles ? .whole : .lowerRight,
          text: text, pooled: pooled, query: queries)
      }
    }
  }

  /// What the router is asked about a quadruple, [1, Q].
  private func query(of quadruple: AnalogyQuadruple) throws -> Tensor {
    let mode = config.basis.queryMode
    return mode.query(from: try features.embeddings(of: quadruple, views: .router(mode.cachedViews)))
  }

  /// Scaled latents [1, C, h, w] in fp32.
  private func latents(_ distribution: LatentDistribution, _ generator: Generator) -> Tensor {
    let mean = distribution.mean.to(.float32)
    let drawn =
      config.data.vae == .mode
      ? mean
      : LatentDistribution(mean: mean, logVariance: distribution.logVariance.to(.float32))
        .sample(noise: .randn(mean.shape, generator: generator))
    return (drawn - autoencoder.shift) * autoencoder.scale
  }
}

/// Runs an encoder: nothing is recorded, and torch's errors are thrown.
private func computed<Result>(_ body: () throws -> Result) throws -> Result {
  try withTorchErrors { try noGrad { try body() } }
}
