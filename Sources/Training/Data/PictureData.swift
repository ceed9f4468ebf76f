import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A set of analogies as a run's data: `fill` runs the encoders once, whose parts are then no longer in memory.
public final class PictureData {
  public let features: AnalogyFeatures
  /// What encodes the pictures, and paints the samples.
  public let model: LoadedModel
  private let config: TrainingConfig
  private let autoencoder: AutoencoderConfig
  /// Pixels along a token's side.
  private let token: Int
  private var canvases: PairSampler
  private var singles: PairSampler?
  private var batches = 0
  private let set: AnalogySet
  /// Each picture's latents, where pictures are encoded alone; filled by `fill`.
  private var shelf: LatentShelf?
  /// Analogies to look at as a run goes on: held-out ones if there are any, of as many tasks as possible.
  public let samples: [AnalogySample]

  /// Draws from a set; nothing is encoded yet.
  /// - Parameter heldOut: analogies that are looked at only.
  /// - Throws: `AnalogySetError` for a set nothing can be drawn from; what reading the model's settings throws.
  public init(
    _ set: AnalogySet, heldOut: AnalogySet? = nil, config: TrainingConfig, model: LoadedModel, cache: FeatureCache
  ) throws {
    (self.config, self.model, self.set) = (config, model, set)
    (autoencoder, token) = (try model.autoencoderConfig(), try model.token())
    let rule = config.data.rule(own: model.usage.canvasRule, token: token)
    features = try AnalogyFeatures(cache: cache, rule: rule, encoders: model.identities())
    func sampler(_ batch: Int, _ seed: UInt64, _ dropout: Double, _ set: AnalogySet) throws -> PairSampler {
      try PairSampler(
        set, rule: rule,
        settings: PairSampler.Settings(
          batchSize: batch, captionDropout: dropout, directions: config.data.directions, tasks: config.data.tasks, seed: seed))
    }
    let dropout = config.data.captionDropout
    canvases = try sampler(config.batch, config.seed, dropout, set)
    singles = config.data.singles > 0 ? try sampler(config.data.singlesBatch, config.seed &+ 1, dropout, set) : nil
    let seen = heldOut.flatMap { $0.tasks.isEmpty && $0.prepared.isEmpty ? nil : $0 } ?? set
    samples = try Self.chosen(config.samples, from: sampler(1, config.seed, 0, seen))
  }

  /// Runs the encoders over what the first `count` batches need and the cache doesn't have yet: those of pictures together, then
  /// those of captions.
  /// - Parameters:
  ///   - count: batches; nil for the whole run's.
  ///   - progress: told what is being encoded and how much of it is done; what it throws ends the filling, and what was encoded
  ///     is kept.
  /// - Throws: `AnalogySetError` for a picture that can't be used or a disk without room for it all, before anything is encoded;
  ///   `TrainingError.badSetting` for a model that lays out pictures in their own shapes; what encoding throws.
  public func fill(
    batches count: Int? = nil, progress: @escaping (_ what: String, _ done: Int, _ of: Int) throws -> Void = { _, _, _ in }
  ) throws {
    let all = count ?? config.steps * config.accumulate
    let alone = config.data.singleCount(all)
    let shown = samples.map(\.quadruple)
    let (drawn, drawnAlone) = (try canvases.upcoming(all - alone) + shown, try singles?.upcoming(alone) ?? [])
    let (isWhole, views) = (config.data.encoded == .canvases, config.basis.queryMode.cachedViews)
    let pictures = AnalogyFeatures.Pictures(
      canvases: isWhole ? drawn : shown, singles: isWhole ? drawnAlone : [], embedded: drawn + drawnAlone, views: .router(views)
    )
    let captions = Set(pictures.embedded.map { AnalogyCaption.cleaned($0.instruction) }).sorted()
    try features.cache.requireRoom(
      for: features.bytesToFill(pictures, captions: captions, viewCount: views.count, sizes: model.featureSizes()))
    func tell(_ what: String) -> (Int, Int) throws -> Void { { try progress(what, $0, $1) } }
    if !isWhole {
      guard let tile = model.usage.tile else {
        let problem = "is pictures, expected canvases for a model without a tile of its own"
        throw TrainingError.badSetting(place: "the settings", key: "data.encoded", problem: problem)
      }
      shelf = try LatentShelf(
        set, of: model, side: tile, in: features.cache, progress: tell("pictures through the autoencoder"))
    }
    try model.parts.whileKeeping { [model] in
      try features.fill(pictures, progress: tell("pictures through the encoders")) {
        { picture in try computed { try model.distribution(of: .signed(picture)) } }
      } encoder: {
        { pictures in try computed { try model.embed(pictures) } }
      }
    }
    try model.parts.whileKeeping { [model] in
      try features.fillTexts(captions, progress: tell("captions")) {
        { caption in
          let told = try computed { try model.backbone.conditioning(caption, model.parts) }
          guard let states = told.text, let pooled = told.pooled else {
            throw TrainingError.badBatch("the model's backbone makes no text states and pooled vectors of captions")
          }
          return TextFeatures(states: states, pooled: pooled)
        }
      }
    }
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
    return try features.text("").states.size(1) + 2 * (sample.canvas.width / token) * (sample.canvas.height / token)
  }

  /// What a `TrainingRun` draws from: canvases of `batch` analogies, and single pictures where the settings say so.
  public var data: TrainingData {
    TrainingData(
      next: { [self] _, generator in
        defer { batches += 1 }
        let alone = config.data.isSingle(batches) ? try singles?.next() : nil
        return try alone.map { try batch($0, .singles, generator) } ?? batch(canvases.next(), .canvases, generator)
      },
      position: { [self] in
        try Position(batches: batches, canvases: canvases.position, singles: singles?.position).readableJSON()
      },
      restore: { [self] in try restore($0) })
  }

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

  /// What the model is given for a sample when it paints: the context's likeliest latents [1, C, h, w], scaled.
  func inputs(of sample: AnalogySample) throws -> (context: Tensor, text: TextFeatures, query: Tensor) {
    let mean = try features.latents(of: sample.quadruple).control.mode.to(.float32)
    let query = try query(of: sample.quadruple).to(.float32)
    return (autoencoder.scaled(mean), try features.text(sample.caption), query)
  }

  private func batch(
    _ samples: [AnalogySample], _ part: AnalogyFeatures.LatentPart, _ generator: Generator
  ) throws -> TrainingBatch {
    try computed {
      let texts = try samples.map { try features.text($0.caption) }
      let queries = concatenated(try samples.map { try query(of: $0.quadruple) }, along: 0).to(.float32)
      let (text, pooled) = (concatenated(texts.map(\.states), along: 0), concatenated(texts.map(\.pooled), along: 0))
      if let shelf {
        return try shelf.batch(
          samples.map(\.quadruple), isCanvas: part == .canvases, text: text, pooled: pooled, query: queries)
      }
      let pairs = try samples.map { sample in
        let (target, control) = try features.latents(part, of: sample.quadruple)
        return (target: latents(target, generator), context: latents(control, generator))
      }
      guard let grid = pairs.first?.target.shape, grid.count == 4 else {
        throw TrainingError.badBatch("there are no latents [1, C, h, w] to make a batch of")
      }
      return TrainingBatch(
        target: LatentPacking.pack(concatenated(pairs.map(\.target), along: 0)),
        context: LatentPacking.pack(concatenated(pairs.map(\.context), along: 0)), rows: grid[2] / 2, columns: grid[3] / 2,
        edited: part == .singles ? .whole : .lowerRight, text: text, pooled: pooled, query: queries)
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
    guard config.data.vae != .mode else { return autoencoder.scaled(mean) }
    let exact = LatentDistribution(mean: mean, logVariance: distribution.logVariance.to(.float32))
    return autoencoder.scaled(exact.sample(noise: .randn(mean.shape, generator: generator)))
  }
}

/// Runs an encoder: nothing is recorded, and torch's errors are thrown.
func computed<Result>(_ body: () throws -> Result) throws -> Result { try withTorchErrors { try noGrad { try body() } } }
