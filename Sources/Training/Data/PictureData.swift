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
/// let pictures = try PictureData(set, config: config, model: model, cache: FeatureCache(folder))
/// try pictures.fill()               // runs the encoders once, whose parts are then no longer in memory
/// let run = try TrainingRun(config, transformer: …, basis: …, data: pictures.data, folder: …)
/// ```
public final class PictureData {
  public let features: AnalogyFeatures
  /// What encodes the pictures, and paints the samples.
  public let model: LoadedModel
  let config: TrainingConfig
  let autoencoder: AutoencoderConfig
  /// Pixels along a token's side.
  private let token: Int
  var canvases: PairSampler
  var singles: PairSampler?
  var batches = 0
  private let set: AnalogySet
  /// Each picture's latents, where pictures are encoded alone; filled by `fill`.
  var shelf: LatentShelf?
  /// Analogies to look at as a run goes on: held-out ones if there are any, of as many tasks as possible.
  public let samples: [AnalogySample]

  /// Draws from a set; nothing is encoded yet.
  ///
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
    let isEmpty = heldOut.map { $0.tasks.isEmpty && $0.prepared.isEmpty } ?? true
    samples = try Self.chosen(config.samples, from: sampler(1, config.seed, 0, isEmpty ? set : heldOut ?? set))
  }

  /// Runs the encoders over what the first `count` batches need and the cache doesn't have yet: those of pictures together, then
  /// those of captions.
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
    let shown = samples.map(\.quadruple)
    let drawn = try canvases.upcoming(all - alone) + shown
    let drawnAlone = try singles?.upcoming(alone) ?? []
    let isWhole = config.data.encoded == .canvases
    let views = config.basis.queryMode.cachedViews
    let pictures = AnalogyFeatures.Pictures(
      canvases: isWhole ? drawn : shown, singles: isWhole ? drawnAlone : [], embedded: drawn + drawnAlone, views: .router(views)
    )
    let captions = Set(pictures.embedded.map { AnalogyCaption.cleaned($0.instruction) }).sorted()
    try features.cache.requireRoom(
      for: features.bytesToFill(pictures, captions: captions, viewCount: views.count, sizes: model.featureSizes()))
    func tell(_ what: String) -> (Int, Int) throws -> Void { { try progress(what, $0, $1) } }
    if !isWhole { try fillShelf(tell("pictures through the autoencoder")) }
    let model = model
    try model.parts.whileKeeping {
      try features.fill(pictures, progress: tell("pictures through the encoders")) {
        { picture in try computed { try model.distribution(of: .signed(picture)) } }
      } encoder: {
        { pictures in try computed { try model.embed(pictures) } }
      }
    }
    try model.parts.whileKeeping {
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

  /// - Throws: `TrainingError.badSetting` for a model that lays out pictures in their own shapes; what encoding throws.
  private func fillShelf(_ progress: (Int, Int) throws -> Void) throws {
    guard let tile = model.usage.tile else {
      throw TrainingError.badSetting(
        place: "the settings", key: "data.encoded",
        problem: "is pictures, expected canvases for a model without a tile of its own")
    }
    shelf = try LatentShelf(set, of: model, side: tile, in: features.cache, progress: progress)
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
}

/// Runs an encoder: nothing is recorded, and torch's errors are thrown.
func computed<Result>(_ body: () throws -> Result) throws -> Result {
  try withTorchErrors { try noGrad { try body() } }
}
