import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBTraining

@Suite("A step and its device")
struct DeviceTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// How often each of some steps that are neither measured nor saved reads numbers back.
  private func reads<Goal: Objective>(_ steps: Int, of run: TrainingRun<Goal>) throws -> [Int] {
    try (0..<steps).map { _ in try HostReads.count { _ = try run.next() } }
  }

  @Test("A basis's step waits once, for loss and norm together", arguments: [false, true])
  func basis(recomputes: Bool) throws {
    var config = TrainingConfig.paper
    (config.batch, config.accumulate, config.recompute, config.average) = (2, 2, recomputes, 0.9)
    (config.loss.entropy, config.loss.changed) = (0.1, 1)
    (config.basis.count, config.basis.rank, config.basis.keyWidth) = (4, 2, 8)
    let transformer = try Tiny.transformer()
    let run = try TrainingRun(
      config, transformer: transformer, basis: .untrained(config, on: transformer, encoder: "tiny", encoderWidth: 4),
      data: .random(Tiny.config, queryWidth: 12, rows: 4, columns: 4, textLength: 3, seed: 5),
      folder: RunFolder(temporary["run"]))
    #expect(try reads(3, of: run) == [1, 1, 1])
    #expect(try HostReads.count { _ = try run.objective.health() } == 3)
  }

  @Test("A part's step waits once, for loss and norm together", arguments: ["autoencoder", "clip", "base"])
  func parts(part: String) throws {
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    try FileManager.default.createDirectory(at: temporary["data/task"], withIntermediateDirectories: true)
    for name in ["1-before", "1-after", "2-before", "2-after"] {
      let pixels = (0..<32 * 32 * 3).map { UInt8(truncatingIfNeeded: $0 * name.count) }
      try Picture(width: 32, height: 32, pixels: pixels).write(to: temporary["data/task/\(name).png"])
    }
    let (set, origin) = (try AnalogySet(contentsOf: temporary["data"]), try ModelFolder(temporary["model"]))
    var config = PretrainingConfig()
    (config.autoencoder.side, config.autoencoder.pieceSide, config.autoencoder.pieces, config.clip.analogies) = (32, 32, 2, 2)
    (config.base.firstSingles, config.base.canvasesFrom, config.base.canvases, config.base.canvasShare) = (2, 0, 2, 0.5)
    let stage: PretrainingStage
    switch part {
    case "autoencoder":
      let shape: AutoencoderConfig = try origin.config(of: .vae)
      let model = try load(from: TrainableSource(origin.weights(.vae)), dtype: .float32) {
        try AutoencoderKL($0, config: shape)
      }
      let crops = try PictureCrops([PictureCrops.pictures(in: temporary["data/task"])], from: "data", frame: 32, seed: 1)
      stage = try .autoencoder(model, metric: nil, pictures: crops, validation: crops, config: config)
    case "clip":
      stage = try .clip(CLIPTowers(origin, dtype: .bfloat16, seed: 1), set: set, validation: set, config: config)
    default:
      let shelf = try LatentShelf(set, of: LoadedModel(origin), side: 32, in: FeatureCache(temporary["cache"]))
      let model = try InstructedModel(origin, start: .given, dtype: .bfloat16, seed: 1)
      stage = .base(model, shelf: shelf, validation: shelf, config: config)
    }
    let run = try TrainingRun(config, stage, folder: RunFolder(temporary["run"]))
    // The base reads the chances it drew on the CPU as well, which no device knows of.
    #expect(try reads(3, of: run) == (part == "base" ? [2, 2, 2] : [1, 1, 1]))
  }

  @Test(
    "A whole step, forward, backward and optimiser, stays on a device without numbers to read; one tensor elsewhere is an error",
    arguments: [false, true])
  func wholeStep(recomputes: Bool) throws {
    func train(keysOn device: Device) throws {
      try withTorchErrors {
        let transformer = try load(from: RandomSource(seed: 7), dtype: .float32, device: .meta) {
          try FluxTransformer($0, config: Tiny.config)
        }
        let basis = try load(from: Straying(stray: ".lora_keys", device: device), dtype: .float32, device: nil) { scope in
          try LoRABasis(scope, layers: AdaptedLinear.all(in: Tiny.config), size: Tiny.size, settings: .paper)
        }
        let trained = TrainedTensor.of(basis, .all)
        let optimiser = AdamW(trained, AdamWSettings())
        let step = try TrainingStep(on: Velocity(transformer), basis: basis, recomputes: recomputes)
        let batch = try Tiny.batch().to(.meta)
        let outcome = try step.accumulate(batch, NoiseDraw(NoiseLevels(), for: batch.target, generator: Generator(seed: 1)))
        #expect(outcome.loss.device == .meta && outcome.prediction.device == .meta)
        #expect(trained.allSatisfy { $0.tensor.grad?.device == .meta })
        #expect(try optimiser.step().device == .meta)
      }
    }
    try train(keysOn: .meta)
    let error = #expect(throws: TorchError.self) { try train(keysOn: .cpu) }
    #expect(error?.description.contains("aten::") == true && error?.description.contains("on two devices") == true)
  }

  @Test("What surrounds the model's pass stays on a device without numbers to read: noise, loss, optimiser, average, routing")
  func meta() throws {
    try withTorchErrors {
      let batch = try Tiny.batch().to(.meta)
      let draw = try NoiseDraw(NoiseLevels(), for: batch.target, generator: Generator(seed: 1))
      let loss = FlowLoss(weighting: .none, outside: 0.5, changed: 1)(draw.noisy(batch.target), batch, draw).loss.figure
      #expect(loss.device == .meta)
      let basis = try load(from: TrainableSource(RandomSource(seed: 3)), dtype: .float32, device: .meta) { scope in
        try LoRABasis(scope, layers: AdaptedLinear.all(in: Tiny.config), size: Tiny.size, settings: .paper)
      }
      let trained = TrainedTensor.of(basis, .all)
      for one in trained { one.tensor.grad = .ones(one.tensor.shape, device: .meta) }
      let (optimiser, average) = (AdamW(trained, AdamWSettings()), MovingAverage(trained, decay: 0.9))
      #expect(try optimiser.step().device == .meta)
      average.update(trained)
      #expect(average.tensors.values.allSatisfy { $0.device == .meta })
      let gauge = RoutingGauge()
      for _ in 0..<2 { gauge.take(["a": .ones([2, 3], device: .meta), "b": .ones([2, 3], device: .meta)]) }
      #expect(throws: TorchError.self) { _ = try gauge.health() }
    }
  }
}

/// Tensors without memory, but for those of some names.
private struct Straying: WeightSource {
  let stray: String
  let device: Device
  var location: String { "a test" }
  var names: [String]? { nil }
  func shape(of name: String) -> [Int]? { nil }
  func tensor(_ request: WeightRequest) throws -> Tensor {
    .zeros(request.shape, device: request.name.hasSuffix(stray) ? device : .meta)
  }
}
