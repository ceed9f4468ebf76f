import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

/// A run that trains a model's own parts: from a model folder to another, `model` in the run's folder, in which they are new.
public struct Pretraining: TrainingPlan {
  /// Which parts, and what they learn from.
  public enum Part: Sendable {
    /// The autoencoder, from photos.
    /// - `pictures`: folders, drawn from equally often; `validation`: folders to measure on.
    /// - `material`: a folder of `Material`, whose training photos are one more group to learn from; its test photos are measured
    ///   on where there is no `validation`.
    /// - `metric`: makes ST-LPIPS there; called only if the settings give it a weight.
    case autoencoder(
      pictures: [URL], validation: [URL], material: URL?, metric: @Sendable (Device) throws -> ShiftTolerantLPIPS)
    /// The encoders of the router's pictures and of pooled text, from folders of analogies.
    case clip(data: [URL], validation: URL)
    /// Transformer and T5, from folders of analogies. Encoded pictures are kept in `cache`, in the run's folder if nil.
    case base(data: [URL], validation: URL, cache: URL?)
  }

  /// A stage, how much it learns from and is measured on, and what writes the model folder with the parts as they are now.
  private typealias Prepared = (stage: PretrainingStage, learned: Int, measured: Int, write: (URL) throws -> Void)

  public var part: Part
  /// The model folder that is gone on from; its parts must be of the shape that is wanted.
  public var origin: URL
  public var output: URL
  public var config: PretrainingConfig
  public var device = Device.cpu
  /// Whether to go on from the run's last checkpoint, if there is one.
  public var resumes = false

  /// - Parameter config: the part's own settings if nil.
  public init(_ part: Part, from origin: URL, output: URL, config: PretrainingConfig? = nil) {
    (self.part, self.origin, self.output) = (part, origin, output)
    switch part {
    case .autoencoder: self.config = config ?? PretrainingConfig()
    case .clip: self.config = config ?? .clip
    case .base: self.config = config ?? .base
    }
  }

  public func begin(_ tell: (PreparationNews) throws -> Void) throws -> BegunRun<PretrainingStage> {
    try config.check(place: "the settings")
    let last = try RunFolder.start(in: output, resumes: resumes)
    let made = output.appending(path: "model", directoryHint: .isDirectory)
    guard !FileManager.default.fileExists(atPath: made.path(percentEncoded: false)) else {
      throw ModelFolderError.alreadyThere(made.path(percentEncoded: false))
    }
    let prepared = try prepared(ModelFolder(origin), tell)
    let kind = if case .autoencoder = part { "pictures" } else { "analogies" }
    let sources = "\(prepared.learned) \(kind), \(prepared.measured) to measure on"
    let place = try RunFolder(output)
    let run = try TrainingRun(config, prepared.stage, folder: place, resuming: last)
    return BegunRun(
      run: run, overview: RunOverview(run, sources: sources),
      publish: { _ in try RunReport(folder: place, config: config).write() },
      finish: {
        try run.withAverages { try prepared.write(made) }
        return made
      })
  }

  private func prepared(_ folder: ModelFolder, _ tell: (PreparationNews) throws -> Void) throws -> Prepared {
    let new = PretrainedFolder(from: folder)
    switch part {
    case .autoencoder(let pictures, let validation, let material, let metric):
      let shape: AutoencoderConfig = try folder.config(of: .vae)
      let deviation = max(config.autoencoder.noise, 1e-3)
      let source: any WeightSource =
        switch config.autoencoder.start {
        case .given: try folder.weights(.vae)
        case .linear: try LinearStart(shape, deviation: deviation, seed: config.seed)
        }
      let model = try load(from: TrainableSource(source), dtype: .float32, device: device) {
        try AutoencoderKL($0, config: shape)
      }
      let metric = config.autoencoder.perceptual > 0 ? try metric(device) : nil
      let (photos, others) = try crops(pictures, validation, material, tell)
      let stage = try PretrainingStage.autoencoder(model, metric: metric, pictures: photos, validation: others, config: config)
      return (
        stage, photos.groups.joined().count, others.groups.joined().count,
        { place in
          let measured = try withTorchErrors { try photos.wholes().prefix(256).map { Tensor.signed($0).to(device) } }
          try new.write(model, measuredOn: measured, to: place)
        }
      )
    case .clip(let data, let validation):
      let (set, heldOut) = (try AnalogySet(joining: data), try AnalogySet(joining: [validation]))
      let towers = try CLIPTowers(folder, dtype: .bfloat16, device: device, seed: config.seed)
      let stage = try PretrainingStage.clip(towers, set: set, validation: heldOut, config: config)
      return (stage, set.quadruples().count, heldOut.quadruples().count, { try new.write(towers, to: $0) })
    case .base(let data, let validation, let cache):
      let shelves = try shelves(folder, [data, [validation]], cache, tell)
      let model = try InstructedModel(folder, start: config.base.start, dtype: .bfloat16, device: device, seed: config.seed)
      let stage = PretrainingStage.base(model, shelf: shelves[0], validation: shelves[1], config: config)
      return (stage, shelves[0].quadruples.count, shelves[1].quadruples.count, { try new.write(model, to: $0) })
    }
  }

  /// What an autoencoder learns from, and what it is measured on.
  private func crops(
    _ pictures: [URL], _ validation: [URL], _ material: URL?, _ tell: (PreparationNews) throws -> Void
  ) throws -> (photos: PictureCrops, others: PictureCrops) {
    let gathered = try material.map { try Material(folder: $0) }
    func crops(_ photos: Material?, _ folders: [URL]) throws -> PictureCrops {
      let read = try folders.map { folder in
        try tell(.progress("reading \(folder.path(percentEncoded: false))", done: 0, of: 1))
        return try PictureCrops.pictures(in: folder)
      }
      let groups = photos.map { [$0.photos.map(\.picture)] } ?? []
      let places = ([material].compactMap(\.self) + folders).map { $0.path(percentEncoded: false) }
      return try PictureCrops(
        groups + read, from: places.joined(separator: ", "), frame: config.autoencoder.side, seed: config.seed)
    }
    return (
      try crops(gathered?.part(.train), pictures), try crops(validation.isEmpty ? gathered?.part(.test) : nil, validation)
    )
  }

  /// What a base learns from, and what it is measured on; all sets are read before any picture is encoded.
  private func shelves(
    _ folder: ModelFolder, _ data: [[URL]], _ cache: URL?, _ tell: (PreparationNews) throws -> Void
  ) throws -> [LatentShelf] {
    let sets = try data.map { try AnalogySet(joining: $0) }
    let kept = try FeatureCache(cache ?? output.appending(path: "features"))
    for file in kept.passedOver { try tell(.warning("\(file)")) }
    let model = try LoadedModel(folder, device: device, dtype: .float32)
    let side = folder.usage.tile ?? ModelUsage.defaults.tile
    return try zip(sets, data).map { set, folders in
      let name = folders.map { $0.path(percentEncoded: false) }.joined(separator: ", ")
      return try LatentShelf(set, of: model, side: side, in: kept) {
        try tell(.progress("\(name) through the autoencoder", done: $0, of: $1))
      }
    }
  }
}
