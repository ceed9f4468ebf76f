import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("Pre-training an autoencoder")
struct PretrainingTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    for part in ["photos", "others"] {
      try FileManager.default.createDirectory(at: temporary[part], withIntermediateDirectories: true)
      for index in 0..<3 { try stripes(index, part).write(to: temporary["\(part)/\(index).png"]) }
    }
  }

  private func stripes(_ index: Int, _ part: String) throws -> Picture {
    let (width, height) = (40 + 8 * index, 36)
    let pixels = (0..<width * height * 3).map {
      UInt8(truncatingIfNeeded: ($0 / 3 % width) * (3 + index) + $0 % 3 * part.count * 9)
    }
    return try Picture(width: width, height: height, pixels: pixels)
  }

  private func crops(_ folder: String, frame: Int = 32) throws -> PictureCrops {
    try PictureCrops([PictureCrops.pictures(in: temporary[folder])], from: folder, frame: frame, seed: 1)
  }

  private func model(seed: UInt64 = 5) throws -> AutoencoderKL {
    let config = AutoencoderConfig(latentChannels: 4, widths: [4, 8], blocksPerLevel: 1, groups: 4)
    return try load(from: TrainableSource(RandomSource(seed: seed)), dtype: .float32) { try AutoencoderKL($0, config: config) }
  }

  private var config: PretrainingConfig {
    var config = PretrainingConfig()
    (config.steps, config.saveEvery, config.measureEvery, config.schedule.warmUp, config.average) = (6, 2, 3, 2, 0.5)
    (config.autoencoder.side, config.autoencoder.pieceSide, config.autoencoder.pieces) = (32, 32, 2)
    (config.autoencoder.wholeBatch, config.autoencoder.wholePeriod, config.autoencoder.perceptual) = (1, 2, 0)
    return config
  }

  private func stage(_ model: AutoencoderKL) throws -> PretrainingStage {
    try .autoencoder(
      model, metric: nil, pictures: crops("photos"),
      validation: crops("others"), config: config)
  }

  private func finish(_ run: TrainingRun<PretrainingStage>) throws -> [String: Data] {
    var measured: [Int] = []
    while let report = try run.next() { if report.metrics.measured != nil { measured.append(report.metrics.step) } }
    #expect(measured.last == 6)
    let last = try #require(try run.folder.checkpoints().last)
    return Dictionary(
      uniqueKeysWithValues: try ["masters", "optimiser", "average"].map {
        ($0, try Data(contentsOf: last.url.appending(path: "\($0).safetensors")))
      })
  }

  @Test("Every parameter moves and the error falls; a continued run has the bytes of an uninterrupted one")
  func resuming() throws {
    let model = try model()
    let before = try withTorchErrors { model.registry.parameters.map { $0.tensor.detach().clone() } }
    let run = try TrainingRun(config, try stage(model), folder: RunFolder(temporary["whole"]))
    let start = try #require(try run.measure()["psnr"])
    let whole = try finish(run)
    #expect(try #require(try run.measure()["psnr"]) > start)
    try withTorchErrors {
      for (parameter, old) in zip(model.registry.parameters, before) where !parameter.name.hasPrefix("encoder.conv_out") {
        #expect(parameter.tensor.detach().distance(to: old) > 0, "\(parameter.name)")
      }
    }

    let folder = try RunFolder(temporary["parts"])
    let first = try TrainingRun(config, try stage(try self.model()), folder: folder)
    for _ in 0..<3 { _ = try first.next() }
    let checkpoint = try #require(try folder.checkpoints().last)
    #expect(checkpoint.step == 2)
    let other = try stage(try self.model(seed: 6))  // other weights, which the checkpoint must replace
    #expect(try finish(try TrainingRun(config, other, folder: folder, resuming: checkpoint)) == whole)
    #expect(throws: TrainingError.self) { _ = try TrainingRun(config, other, folder: folder) }
  }

  @Test("The folder written has the new autoencoder, its measured scale and shift, and the rest as it was")
  func folder() throws {
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    let origin = try ModelFolder(temporary["model"])
    let shape: AutoencoderConfig = try origin.config(of: .vae)
    let model = try load(from: TrainableSource(RandomSource(seed: 9)), dtype: .float32) {
      try AutoencoderKL($0, config: shape)
    }
    let side = 4 * model.spatialFactor
    let pictures = try crops("photos").batch(0, count: 2, side: 32)
    let tensors = try pictures.map { picture in
      try withTorchErrors { try Tensor.signed(picture.resized(to: PictureSize(width: side, height: side))) }
    }
    let place = temporary["new"]
    try PretrainedFolder(from: origin).write(model, measuredOn: tensors, to: place)
    let written = try ModelFolder(place)
    let config: AutoencoderConfig = try written.config(of: .vae)
    let loaded = try load(from: written.weights(.vae), dtype: .float32) { try AutoencoderKL($0, config: config) }
    let latents = try withTorchErrors {
      try noGrad { concatenated(try tensors.map { loaded.scaled(try loaded.encode($0).mode) }, along: 0) }
    }
    try withTorchErrors {
      #expect(abs(latents.mean().item()) < 0.02)
      #expect(abs((latents * latents).mean().item() - 1) < 0.05)
    }
    #expect(written.has(.transformer) && written.basis == nil)
    #expect(throws: ModelFolderError.self) {
      try PretrainedFolder(from: origin).write(model, measuredOn: tensors, to: place)
    }
  }

  @Test("Pieces follow from seed, batch and place, and a folder without photos is refused") func pieces() throws {
    let photos = try crops("photos")
    #expect(try photos.batch(4, count: 3, side: 16) == photos.batch(4, count: 3, side: 16))
    #expect(try photos.batch(4, count: 3, side: 16) != photos.batch(5, count: 3, side: 16))
    #expect(try photos.batch(0, count: 1, side: 16).first?.size == PictureSize(width: 16, height: 16))
    #expect(throws: AnalogySetError.self) { _ = try photos.batch(0, count: 1, side: 64) }
    let error = #expect(throws: AnalogySetError.self) {
      _ = try crops("photos", frame: 128)
    }
    #expect("\(try #require(error))".contains("at least 128×128"))
  }
}
