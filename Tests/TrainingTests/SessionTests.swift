import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Synchronization
import Testing

/// What `lorweb train` and `lorweb pretrain` do, by the library alone.
@Suite("Sessions")
struct SessionTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    try FileManager.default.createDirectory(at: temporary["data/task"], withIntermediateDirectories: true)
    for index in 0..<4 {
      for (name, shift) in [("before", 0), ("after", 70)] {
        let pixels = (0..<48 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * (index + 2) / 7 + shift) }
        try Picture(width: 48, height: 48, pixels: pixels).write(to: temporary["data/task/\(index)-\(name).png"])
      }
    }
  }

  private func training(_ output: String) -> BasisTraining {
    var config = TrainingConfig.mini
    (config.steps, config.batch, config.saveEvery, config.samples, config.data.singlesBatch) = (6, 2, 4, 1, 2)
    (config.data.encoded, config.data.vae) = (.canvases, .sample)
    var set = TrainingSet(temporary["data"])
    set.cache = temporary["cache"]
    return BasisTraining(model: temporary["model"], inputs: .pictures(set), output: temporary[output], config: config)
  }

  private func bytes(_ checkpoint: URL) throws -> [Data] {
    try ["masters", "optimiser", "average", "basis"].map {
      try Data(contentsOf: checkpoint.appending(path: "\($0).safetensors"))
    }
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: temporary[folder].path).sorted()
  }

  @Test("A folder of pictures becomes a basis: steps one by one, a line for each that is logged, samples and a report")
  func trains() async throws {
    let session = TrainingSession(training("run"), logEvery: 2)
    let overview = try await session.prepare()
    #expect(overview.step == 0 && overview.tensors > 0 && overview.sizes?.trainedParameters == overview.parameters)
    var steps: [TrainingSession<BasisTraining>.Element] = []
    for try await step in session { steps.append(step) }
    #expect(steps.map(\.metrics.step) == Array(1...6))
    #expect(steps.map { $0.metrics.entropy != nil } == [false, true, false, true, false, true])
    #expect(steps.map { $0.checkpoint?.step } == [nil, nil, nil, 4, nil, 6])
    let last = try await session.end()
    #expect(last.lastPathComponent == "step-000000006")
    #expect(try BasisFile(last.appending(path: "basis.safetensors")).size.count == 16)
    let lines = try String(contentsOf: temporary["run/metrics.jsonl"], encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(try names("run").contains("report.html"))
    #expect(try names("run/samples").count == 6)
  }

  @Test("Leaving the loop stops the run with a checkpoint, and another session ends with the bytes of a run left alone")
  func leaving() async throws {
    let alone = TrainingSession(training("alone"))
    for try await _ in alone {}
    let first = TrainingSession(training("left"))
    for try await step in first where step.metrics.step == 3 { break }
    #expect(try await first.end().lastPathComponent == "step-000000003")
    var rest = training("left")
    rest.resumes = true
    let second = TrainingSession(rest)
    #expect(try await second.prepare().step == 3)
    for try await _ in second {}
    #expect(try bytes(await second.end()) == bytes(await alone.end()))
  }

  @Test("Cancelling ends the loop after the step it is in, with a checkpoint that is whole") func cancelling() async throws {
    let session = TrainingSession(training("run"))
    let task = Task {
      var last = 0
      for try await step in session {
        last = step.metrics.step
        if last == 2 { withUnsafeCurrentTask { $0?.cancel() } }
      }
      return (last, try await session.end())
    }
    let (last, place) = try await task.value
    #expect(last == 2 && place.lastPathComponent == "step-000000002")
    #expect(try bytes(place).allSatisfy { !$0.isEmpty })
  }

  @Test("Cancelling while pictures are encoded keeps what is encoded, and no step is done") func cancelledPreparing()
    async throws
  {
    let session = TrainingSession(training("run"))
    let (signals, signal) = AsyncStream.makeStream(of: Void.self)
    let running = Mutex<Task<Void, any Error>?>(nil)
    let isThere = signals
    let task = Task {
      for await _ in isThere { break }
      try await session.prepare { news in
        if case .progress(_, done: 2, _) = news { running.withLock { $0?.cancel() } }
      }
    }
    running.withLock { $0 = task }
    signal.yield()
    await #expect(throws: CancellationError.self) { try await task.value }
    let kept = try names("cache")
    #expect(kept.contains { $0.hasSuffix(".safetensors") } && !kept.contains { $0.hasPrefix(".") }, "\(kept)")
    #expect(!FileManager.default.fileExists(atPath: temporary["run/metrics.jsonl"].path))
  }

  @Test("A folder that holds a run is refused before anything is read or encoded") func runThere() async throws {
    try FileManager.default.createDirectory(at: temporary["run/step-000000004"], withIntermediateDirectories: true)
    await #expect(throws: TrainingError.self) { try await TrainingSession(training("run")).prepare() }
    #expect(try names("run") == ["step-000000004"])
    #expect(!FileManager.default.fileExists(atPath: temporary["cache"].path))
  }

  @Test("A model's part is trained to a new model folder, which is refused to be made again before anything is trained")
  func pretraining() async throws {
    var config = PretrainingConfig()
    (config.steps, config.saveEvery, config.measureEvery, config.schedule.warmUp) = (4, 2, 2, 1)
    (config.autoencoder.side, config.autoencoder.pieceSide, config.autoencoder.pieces) = (32, 32, 2)
    (config.autoencoder.wholeBatch, config.autoencoder.perceptual) = (1, 0)
    let folder = temporary["data/task"]
    let metric: @Sendable (Device) throws -> ShiftTolerantLPIPS = { _ in throw CancellationError() }  // its weight is 0
    let plan = Pretraining(
      .autoencoder(pictures: [folder], validation: [folder], material: nil, metric: metric), from: temporary["model"],
      output: temporary["run"], config: config)
    let session = TrainingSession(plan)
    #expect(try await session.prepare().sources == "8 pictures, 8 to measure on")
    #expect(try await session.measure().keys.sorted() == ["psnr"])
    var measured: [Int] = []
    for try await step in session where step.metrics.measured?["psnr"] != nil { measured.append(step.metrics.step) }
    #expect(measured == [2, 4])
    let made = try await session.end()
    #expect(made.lastPathComponent == "model")
    #expect(try ModelFolder(made).has(.transformer))
    #expect(try String(contentsOf: temporary["run/report.html"], encoding: .utf8).contains("psnr"))
    var again = plan
    again.resumes = true
    await #expect(throws: ModelFolderError.self) { try await TrainingSession(again).prepare() }
  }
}
