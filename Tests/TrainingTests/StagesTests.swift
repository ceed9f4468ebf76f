import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBTraining

/// CLIP and base on the tiny model and a few analogies drawn from the tests' small material.
@Suite("Pre-training encoders and transformer")
struct StagesTests {
  private let temporary: TemporaryFolder
  private let set: AnalogySet

  init() throws {
    temporary = try TemporaryFolder()
    let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "AnalogyDataTests/Fixtures/material")
    let tasks = try TaskCatalogue.standard.tasks(named: "A3,A8,H1")
    let synthesis = try Synthesis(tasks, material: Material(folder: fixtures), part: .train, side: 64, seed: 1)
    _ = try synthesis.write(count: 12, to: temporary["set"]) { _, _ in }
    set = try AnalogySet(contentsOf: temporary["set"])
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
  }

  private var origin: ModelFolder { get throws { try ModelFolder(temporary["model"]) } }

  private func config(_ base: PretrainingConfig) -> PretrainingConfig {
    var config = base
    (config.steps, config.saveEvery, config.measureEvery, config.schedule.warmUp, config.average) = (8, 2, 8, 2, 0.5)
    (config.clip.analogies, config.clip.neighbours) = (6, 12)
    (config.base.start, config.base.singles, config.base.firstSingles, config.base.canvases) = (.given, 6, 4, 2)
    (config.base.canvasShare, config.base.canvasesFrom, config.base.measured) = (0.5, 0.25, 12)
    return config
  }

  /// Tensors of the last checkpoint, by file.
  private func finish(_ run: TrainingRun<PretrainingStage>) throws -> [String: Data] {
    while try run.next() != nil {}
    let last = try #require(try run.folder.checkpoints().last)
    return Dictionary(
      uniqueKeysWithValues: try ["masters", "optimiser", "average"].map {
        ($0, try Data(contentsOf: last.url.appending(path: "\($0).safetensors")))
      })
  }

  /// The mean loss of a run's steps on what they draw, with the parameters as they are now.
  private func meanLoss(_ config: PretrainingConfig, _ stage: PretrainingStage) throws -> Double {
    let generator = try Generator(seed: config.seed)
    let losses = try withTorchErrors { try (0..<config.steps).map { try stage.accumulate($0, generator).item() } }
    try withTorchErrors { stage.trained.forEach { $0.forgetGradient() } }
    return losses.reduce(0, +) / Double(losses.count)
  }

  /// Runs a stage whole and in two parts: the same bytes, and on the same batches and noise a mean loss that falls.
  private func learns(_ config: PretrainingConfig, _ stage: () throws -> PretrainingStage) throws -> TrainingRun<
    PretrainingStage
  > {
    let learning = try stage()
    let before = try meanLoss(config, learning)
    let whole = try TrainingRun(config, learning, folder: RunFolder(temporary["whole"]))
    let end = try finish(whole)
    let after = try meanLoss(config, learning)
    #expect(after < before, "\(before) to \(after)")
    let first = try TrainingRun(config, stage(), folder: RunFolder(temporary["parts"]))
    for _ in 0..<5 { _ = try first.next() }
    let checkpoint = try #require(try first.folder.checkpoints().last)
    #expect(checkpoint.step == 4)
    let rest = try TrainingRun(config, stage(), folder: first.folder, resuming: checkpoint)
    #expect(try finish(rest) == end)
    return whole
  }

  @Test("CLIP: the loss falls, a continued run has the same bytes, the folder is gone on from with its text projection")
  func clip() throws {
    var config = config(.clip)
    config.optimiser.learningRate = 3e-3
    var losses: [Double] = []
    let stage = {
      try PretrainingStage.clip(
        CLIPTowers(origin, dtype: .bfloat16, seed: 1), set: set, validation: set, config: config)
    }
    let run = try learns(config, stage)
    let measured = try run.measure()
    #expect((0...1).contains(try #require(measured["task"])))
    #expect(try #require(measured["length"]) > 0)

    var longer = config
    (longer.steps, longer.saveEvery) = (30, 100)
    let towers = try CLIPTowers(origin, dtype: .float32, seed: 1)
    let long = try TrainingRun(
      longer, PretrainingStage.clip(towers, set: set, validation: set, config: longer), folder: RunFolder(temporary["long"]))
    while let report = try long.next() { losses.append(report.metrics.loss) }
    let (first, last) = (losses.prefix(5).reduce(0, +), losses.suffix(5).reduce(0, +))
    #expect(last < 0.8 * first, "\(losses)")
    #expect(try #require(try long.measure()["task"]) > 0.6)  // of three tasks
    try PretrainedFolder(from: origin).write(towers, to: temporary["new"])
    let written = try ModelFolder(temporary["new"])
    #expect(try written.weights(.textEncoder).names?.contains("text_projection.weight") == true)
    let again = try CLIPTowers(written, dtype: .float32, seed: 99)
    try withTorchErrors {
      let texts = try noGrad { (try towers.embeddings(of: ["a"]), try again.embeddings(of: ["a"])) }
      #expect(texts.0.distance(to: texts.1) < 0.02)
    }
    _ = try withTorchErrors { try LoadedModel(written, dtype: .float32).conditioning("a") }
    #expect(written.basis == nil)
  }

  @Test("Text that doesn't learn stays, and pictures learn alone") func frozenText() throws {
    var config = config(.clip)
    config.clip.text = false
    let towers = try CLIPTowers(origin, dtype: .float32, seed: 1)
    let stage = try PretrainingStage.clip(towers, set: set, validation: set, config: config)
    #expect(stage.trained.allSatisfy { $0.name.hasPrefix("vision_model") || $0.name.hasPrefix("visual_projection") })
    let before = try withTorchErrors { towers.textRegistry.parameters.map { $0.tensor.clone() } }
    _ = try TrainingRun(config, stage, folder: RunFolder(temporary["run"])).next()
    try withTorchErrors {
      for (old, new) in zip(before, towers.textRegistry.parameters) { #expect(old.distance(to: new.tensor) == 0) }
    }
  }

  private func shelf(progress: (Int, Int) throws -> Void = { _, _ in }) throws -> LatentShelf {
    try LatentShelf(set, of: LoadedModel(origin), side: 64, in: FeatureCache(temporary["cache"]), progress: progress)
  }

  @Test("A shelf holds each picture's latents, is read and not made again, and lays canvases out of them") func shelves() throws
  {
    var told: [Int] = []
    let shelf = try shelf { done, _ in told.append(done) }
    let again = try self.shelf { _, _ in Issue.record("encoded again") }
    let pictures = Set(set.quadruples().flatMap(\.sources)).count
    #expect(told == Array(1...pictures))
    let config: AutoencoderConfig = try origin.config(of: .vae)
    try withTorchErrors {
      try noGrad {
        let encoder = try load(from: origin.weights(.vae), dtype: .float32) { try AutoencoderKL($0, config: config) }
        let picture = try set.quadruples()[3].pictures()[1]
        let expected = LatentPacking.pack(encoder.scaled(try encoder.encode(.signed(picture)).mode))
        let kept = try shelf.latents([(analogy: 3, picture: 1)])
        #expect((kept - expected).power(2).mean().item() < 1e-3 * expected.power(2).mean().item())
        #expect(kept.distance(to: try again.latents([(analogy: 3, picture: 1)])) == 0)
        // The bits of an analogy's four pictures are those of encoding the four together, whichever they are encoded with.
        let half = try load(from: origin.weights(.vae), dtype: .bfloat16) { try AutoencoderKL($0, config: config) }
        for analogy in [0, 3, set.quadruples().count - 1] {
          let four = concatenated(try set.quadruples()[analogy].pictures().map { .signed($0) }, along: 0)
          let mode = try half.encode(four.to(.bfloat16).contiguous(.channelsLast)).mode
          let expected = LatentPacking.pack(half.scaled(mode.to(.float32).contiguous())).to(.float16).to(.float32)
          #expect(try shelf.latents((0..<4).map { (analogy: analogy, picture: $0) }).distance(to: expected) == 0)
        }
        let empty = Tensor.zeros([1, 1])
        let batch = try shelf.batch([shelf.quadruples[3]], isCanvas: true, text: empty, pooled: empty, query: empty)
        #expect(batch.rows == 8 && batch.columns == 8)
        // The lower right quarter is b′ in the target and b in the context.
        let quarter = (0..<4).flatMap { row in (0..<4).map { (row + 4) * 8 + $0 + 4 } }
        for (canvas, picture) in [(batch.target, 3), (batch.context, 2)] {
          let part = canvas.entries(Tensor(quarter), along: 1)
          #expect(part.distance(to: try shelf.latents([(analogy: 3, picture: picture)])) == 0)
        }
        let corner = try shelf.latents([(analogy: 3, picture: 1)]).entries(Tensor([0]), along: 1)
        #expect(batch.target.entries(Tensor([4]), along: 1).distance(to: corner) == 0)
      }
    }
  }

  @Test("Base: transformer and T5 learn, a continued run has the same bytes, the folder is gone on from") func base() throws {
    let config = config(.base)
    let shelf = try shelf()
    let stage = {
      let model = try InstructedModel(origin, start: .given, dtype: .bfloat16, seed: 1)
      return PretrainingStage.base(model, shelf: shelf, validation: shelf, config: config)
    }
    let run = try learns(config, stage)
    #expect(Set(try run.measure().keys) == ["error", "median", "canvas"])

    var longer = config
    (longer.steps, longer.saveEvery, longer.measureEvery, longer.average) = (60, 100, 60, 0)
    let model = try InstructedModel(origin, start: .given, dtype: .float32, seed: 1)
    let long = try TrainingRun(
      longer, PretrainingStage.base(model, shelf: shelf, validation: shelf, config: longer),
      folder: RunFolder(temporary["long"]))
    let start = try #require(try long.measure()["error"])
    while try long.next() != nil {}
    let end = try #require(try long.measure()["error"])
    #expect(end < start, "\(start) to \(end)")
    try PretrainedFolder(from: origin).write(model, to: temporary["new"])
    let again = try InstructedModel(ModelFolder(temporary["new"]), start: .given, dtype: .float32, seed: 2)
    try withTorchErrors {
      let states = try noGrad { (try model.encode(["sepia", "", "sepia"]), try again.encode(["sepia", "", "sepia"])) }
      #expect(states.0.states.distance(to: states.1.states) < 0.05 && states.0.states.size(0) == 3)
      #expect(states.0.pooled.distance(to: states.1.pooled) == 0)
    }
  }

  @Test("What a step is made of follows from its number: samples one after another, none twice, the shares as set")
  func draws() {
    var settings = InstructionSettings()
    (settings.firstShare, settings.canvasesFrom, settings.canvasShare) = (0.4, 0.2, 0.25)
    let draws = (0..<1000).map { settings.draw($0, of: 1000) }
    var (single, canvas) = (0, 0)
    for draw in draws {
      #expect(draw.start == (draw.isCanvas ? canvas : single))
      if draw.isCanvas { canvas += draw.count } else { single += draw.count }
    }
    #expect(draws.count { $0.isCanvas } == 200 && !draws[..<200].contains { $0.isCanvas })
    #expect(draws.first?.count == settings.firstSingles && draws.last { !$0.isCanvas }?.count == settings.singles)
  }
}
