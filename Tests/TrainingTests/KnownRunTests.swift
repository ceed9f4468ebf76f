import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Testing

/// Short runs of every kind end with the parameters that commit 1a337ae's separate loops ended with.
///
/// `Answers/runs.json` holds, for each tensor of the last checkpoint's masters, its mean, its root mean square and its first and
/// last value. AdamW's ε is large here, so that rounding, which differs between processors, isn't blown up to whole steps.
@Suite("Runs end where they ended before there was one loop")
struct KnownRunTests {
  private static let answers = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Answers/runs.json")
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// Compares the last checkpoint's masters with what is known of them.
  private func check(_ name: String, _ folder: RunFolder) throws {
    let source = try CheckpointSource(#require(try folder.checkpoints().last).url.appending(path: "masters.safetensors"))
    var found: [String: [Double]] = [:]
    for name in source.names ?? [] {
      let shape = try #require(source.shape(of: name))
      let values = try source.tensor(WeightRequest(name: name, shape: shape, initial: .zeros)).array(of: Float.self).map(
        Double.init)
      let count = Double(values.count)
      found[name] = [
        values.reduce(0, +) / count, (values.reduce(0) { $0 + $1 * $1 } / count).squareRoot(), values[0],
        values[values.count - 1],
      ]
    }
    let all = try JSONDecoder().decode([String: [String: [Double]]].self, from: Data(contentsOf: Self.answers))
    let known = try #require(all[name])
    #expect(Set(known.keys) == Set(found.keys))
    for (tensor, values) in known {
      for (one, other) in zip(values, found[tensor] ?? []) { #expect(abs(one - other) <= 1e-6, "\(name): \(tensor)") }
    }
  }

  @Test("A basis: accumulated batches, clipped gradients, an average, a warm-up", arguments: [false, true])
  func basis(isRecomputed: Bool) throws {
    var config = TrainingConfig.paper
    (config.steps, config.batch, config.accumulate, config.saveEvery, config.average) = (5, 2, 2, 2, 0.5)
    (config.basis.count, config.basis.rank, config.basis.keyWidth) = (4, 2, 8)
    (config.optimiser.epsilon, config.optimiser.routerFactor, config.loss.entropy) = (1e-2, 0.5, 0.1)
    (config.schedule.warmUp, config.recompute, config.loss.changed) = (2, isRecomputed, 1)
    let transformer = try Tiny.transformer()
    let run = try TrainingRun(
      config, transformer: transformer, basis: .untrained(config, on: transformer, encoder: "tiny", encoderWidth: 4),
      data: .random(Tiny.config, queryWidth: 12, rows: 4, columns: 4, textLength: 3, seed: 5),
      folder: RunFolder(temporary["run"]))
    while try run.next() != nil {}
    try check("basis", run.folder)
  }

  // MARK: - Pre-training

  private var settings: PretrainingConfig {
    var config = PretrainingConfig()
    (config.steps, config.saveEvery, config.measureEvery, config.schedule.warmUp, config.average) = (5, 2, 5, 2, 0.5)
    config.optimiser.epsilon = 1e-2
    (config.autoencoder.side, config.autoencoder.pieceSide, config.autoencoder.pieces) = (32, 32, 2)
    (config.autoencoder.wholeBatch, config.autoencoder.wholePeriod, config.autoencoder.perceptual) = (1, 2, 0)
    (config.clip.analogies, config.clip.neighbours) = (6, 12)
    (config.base.start, config.base.singles, config.base.firstSingles, config.base.canvases) = (.given, 6, 4, 2)
    (config.base.canvasShare, config.base.canvasesFrom, config.base.measured) = (0.5, 0.2, 6)
    return config
  }

  private func run(_ name: String, _ stage: PretrainingStage) throws {
    let run = try TrainingRun(settings, stage, folder: RunFolder(temporary["run"]))
    while try run.next() != nil {}
    try check(name, run.folder)
  }

  /// Twelve analogies of small pictures that a formula gives, in the layout of folders of pairs.
  private func makeSet() throws -> AnalogySet {
    for (task, shift) in [("negative", 255), ("dark", 120)] {
      try FileManager.default.createDirectory(at: temporary["set/\(task)"], withIntermediateDirectories: true)
      for index in 0..<3 {
        let before = (0..<32 * 32 * 3).map { (at: Int) -> Int in (at / 3 % 32 * (2 + index) + at / 96 * 5 + at % 3 * 40) % 256 }
        let after = before.map { task == "dark" ? $0 * shift / 255 : shift - $0 }
        for (name, pixels) in [("before", before), ("after", after)] {
          try Picture(width: 32, height: 32, pixels: pixels.map { UInt8($0) }).write(
            to: temporary["set/\(task)/\(index)-\(name).png"])
        }
      }
    }
    return try AnalogySet(contentsOf: temporary["set"])
  }

  private func origin() throws -> ModelFolder {
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    return try ModelFolder(temporary["model"])
  }

  @Test("An autoencoder") func autoencoder() throws {
    _ = try makeSet()
    let config = AutoencoderConfig(latentChannels: 4, widths: [4, 8], blocksPerLevel: 1, groups: 4)
    let model = try load(from: TrainableSource(RandomSource(seed: 5)), dtype: .float32) {
      try AutoencoderKL($0, config: config)
    }
    func crops(_ task: String) throws -> PictureCrops {
      try PictureCrops([PictureCrops.pictures(in: temporary["set/\(task)"])], from: task, frame: 32, seed: 1)
    }
    try run(
      "autoencoder",
      .autoencoder(model, metric: nil, pictures: crops("dark"), validation: crops("negative"), config: settings))
  }

  @Test("CLIP") func clip() throws {
    let set = try makeSet()
    let towers = try CLIPTowers(origin(), dtype: .float32, seed: 1)
    try run("clip", .clip(towers, set: set, validation: set, config: settings))
  }

  @Test("Transformer and T5") func base() throws {
    let (set, origin) = (try makeSet(), try origin())
    let shelf = try LatentShelf(set, of: LoadedModel(origin), side: 32, in: FeatureCache(temporary["cache"]))
    let model = try InstructedModel(origin, start: .given, dtype: .float32, seed: 1)
    try run("base", .base(model, shelf: shelf, validation: shelf, config: settings))
  }
}
