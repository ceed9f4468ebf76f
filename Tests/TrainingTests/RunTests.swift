import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("Runs")
struct RunTests {
  private let temporary: TemporaryFolder
  private let config: TrainingConfig

  init() throws {
    temporary = try TemporaryFolder()
    var config = TrainingConfig.paper
    (config.steps, config.batch, config.saveEvery, config.keepLast) = (6, 2, 2, 2)
    (config.basis.count, config.basis.rank, config.basis.keyWidth) = (4, 2, 8)
    self.config = config
  }

  private var data: TrainingData { .random(Tiny.config, queryWidth: 12, rows: 4, columns: 4, textLength: 3, seed: 5) }

  private func begin(
    _ name: String, data: TrainingData? = nil, _ change: (inout TrainingConfig) -> Void = { _ in }
  ) throws -> TrainingRun<BasisObjective> {
    var config = config
    change(&config)
    let transformer = try Tiny.transformer()
    let basis = try LoRABasis.untrained(config, on: transformer, encoder: "tiny", encoderWidth: 4)
    return try TrainingRun(
      config, transformer: transformer, basis: basis, data: data ?? self.data, folder: RunFolder(temporary[name]))
  }

  /// Runs to the end; gives the last checkpoint's files.
  private func finish(_ run: TrainingRun<BasisObjective>) throws -> [String: Data] {
    while try run.next() != nil {}
    let last = try #require(try run.folder.checkpoints().last)
    #expect(last.step == run.config.steps)
    let names = ["basis", "masters", "optimiser"].map { "\($0).safetensors" }
    return Dictionary(uniqueKeysWithValues: try names.map { ($0, try Data(contentsOf: last.url.appending(path: $0))) })
  }

  @Test("Every trained tensor moves, checkpoints come in time and only the last are kept") func wholeRun() throws {
    let run = try begin("run")
    let before = try withTorchErrors { run.basis.registry.parameters.map { $0.tensor.detach().clone() } }
    _ = try finish(run)
    #expect(try run.folder.checkpoints().map(\.step) == [4, 6])
    try withTorchErrors {
      for (parameter, old) in zip(run.basis.registry.parameters, before) {
        #expect(parameter.tensor.detach().distance(to: old) > 0, "\(parameter.name)")
      }
    }
    let health = try #require(try run.objective.health())
    #expect(health.shares.count == 4 && health.entropy > 0)
    let file = try #require(try run.folder.checkpoints().last).url.appending(path: "basis.safetensors")
    #expect(try BasisFile(file).router.settings.encoder == "tiny")
  }

  @Test(
    "A continued run has the bytes and the routing's health of an uninterrupted one",
    arguments: [(average: 0.0, accumulate: 1, learn: Learning.all), (0.9, 2, .all), (0, 1, .loras), (0, 1, .router)])
  func resuming(average: Double, accumulate: Int, learn: Learning) throws {
    func change(_ config: inout TrainingConfig) {
      (config.average, config.accumulate, config.learn) = (average, accumulate, learn)
      (config.schedule.kind, config.noise.kind, config.noise.atPureNoise) = (.cosine, .logitNormal, 0.3)
    }
    let alone = try begin("whole", change)
    let whole = try finish(alone)
    let first = try begin("parts", change)
    for _ in 0..<3 { _ = try first.next() }  // the third is done again from the checkpoint of the second
    let folder = try RunFolder(temporary["parts"])
    let checkpoint = try #require(try folder.checkpoints().last)
    #expect(checkpoint.step == 2)
    let second = try TrainingRun(resuming: checkpoint, transformer: Tiny.transformer(), data: data, folder: folder)
    #expect(try finish(second) == whole)
    #expect(try health(of: second) == health(of: alone))
  }

  /// All that is gathered about the routing, also what is only kept to go on.
  private func health(of run: TrainingRun<BasisObjective>) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let health = try #require(try run.objective.health())
    let text = String(decoding: try encoder.encode(health), as: UTF8.self)
    #expect(text.contains("largest") && health.shares.count == run.config.basis.count)
    return text
  }

  @Test("What doesn't learn stays as it was", arguments: [Learning.loras, .router]) func frozen(learn: Learning) throws {
    let run = try begin("run") { $0.learn = learn }
    let before = try withTorchErrors { run.basis.registry.parameters.map { $0.tensor.detach().clone() } }
    for _ in 0..<2 { _ = try run.next() }
    try withTorchErrors {
      for (parameter, old) in zip(run.basis.registry.parameters, before) {
        let isLoRA = parameter.name.hasSuffix("lora_A") || parameter.name.hasSuffix("lora_B")
        if isLoRA != (learn == .loras) { #expect(parameter.tensor.detach().distance(to: old) == 0, "\(parameter.name)") }
      }
    }
  }

  @Test("A loss that is no number stops the run and leaves the last checkpoint and the weights as they were") func notANumber()
    throws
  {
    let good = data
    var calls = 0
    let bad = TrainingData(
      next: { count, generator in
        calls += 1
        var batch = try good.next(count, generator)
        if calls == 4 { batch.target = try withTorchErrors { batch.target * .nan } }
        return batch
      }, position: good.position, restore: good.restore)
    let run = try begin("run", data: bad)
    for _ in 0..<3 { _ = try run.next() }
    let error = try #require(throws: TrainingError.self) { _ = try run.next() }
    #expect("\(error)".contains("step 4") && "\(error)".contains("step-000000002"))
    #expect(run.step == 3)
    #expect(try withTorchErrors { run.basis.registry.parameters.allSatisfy { $0.tensor.isFinite().all() } })
    #expect(try run.folder.checkpoints().map(\.step) == [2])
  }

  @Test("A folder that holds a run is not begun again; halves of checkpoints are cleared away") func folders() throws {
    _ = try finish(try begin("run"))
    #expect(throws: TrainingError.self) { _ = try begin("run") }
    let half = temporary["run"].appending(path: ".step-000000008.partial")
    try FileManager.default.createDirectory(at: half, withIntermediateDirectories: false)
    #expect(try RunFolder(temporary["run"]).checkpoints().map(\.step) == [4, 6])
    #expect(!FileManager.default.fileExists(atPath: half.path))
  }

  @Test("Trained tensors begin at 64 bytes, also those read from a checkpoint") func alignment() throws {
    let run = try begin("run")
    for _ in 0..<2 { _ = try run.next() }
    let folder = try RunFolder(temporary["run"])
    let again = try TrainingRun(
      resuming: try #require(try folder.checkpoints().last), transformer: Tiny.transformer(), data: data, folder: folder)
    for parameter in run.basis.registry.parameters + again.basis.registry.parameters {
      let isAligned = parameter.tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress).isMultiple(of: 64) }
      #expect(isAligned, "\(parameter.name)")
    }
  }
}
