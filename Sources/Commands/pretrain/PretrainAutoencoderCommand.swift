import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining

struct PretrainAutoencoderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoencoder", abstract: "Trains a model folder's autoencoder on photos.",
    discussion: """
      The run's folder gets checkpoints, metrics.jsonl and, at the end, model/: the folder of --from with the new autoencoder in \
      it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of pictures to learn from; repeatable, folders are drawn from equally often.")
  var pictures: [String] = []
  @Option(help: "A folder of photos to measure on.") var validation: String?
  @Option(help: "A folder of lorweb data material: its training photos to learn from, its test photos to measure on.")
  var material: String?

  func validate() throws {
    guard material != nil || (!pictures.isEmpty && validation != nil) else {
      throw ValidationError("Say --material, or --pictures and --validation.")
    }
  }

  func run() throws {
    try stoppable(train)
  }

  private func train(until stop: StopRequest) throws {
    try options.checkApart(from: pictures + [validation, material])
    let session = try PretrainSession(options, defaults: PretrainingConfig())
    let config = session.config
    let shape: AutoencoderConfig = try session.origin.config(.vae)
    let model = try load(from: TrainableSource(start(config, shape, session.origin)), dtype: .float32) {
      try AutoencoderKL($0, config: shape)
    }
    let metric = config.autoencoder.perceptual > 0 ? try MetricModels.perceptual() : nil
    let material = try material.map { try Material(folder: URL(filePath: $0)) }
    let photos = try crops(material?.part(.train), pictures, session)
    let others = try crops(validation == nil ? material?.part(.test) : nil, [validation].compactMap(\.self), session)
    let stage = try PretrainingStage.autoencoder(model, metric: metric, pictures: photos, validation: others, config: config)
    let sizes = "\(photos.groups.joined().count) pictures, \(others.groups.joined().count) to measure on"
    try session.train(stage, sizes: sizes, until: stop) { place in
      let measured = try photos.wholes().prefix(256).map { picture in try withTorchErrors { Tensor.signed(picture) } }
      try PretrainedFolder(from: session.origin).write(model, measuredOn: measured, to: place)
    }
  }

  private func start(_ config: PretrainingConfig, _ shape: AutoencoderConfig, _ origin: ModelFolder) throws -> any WeightSource
  {
    switch config.autoencoder.start {
    case .given: try origin.weights(.vae)
    case .linear: try LinearStart(shape, deviation: max(config.autoencoder.noise, 1e-3), seed: config.seed)
    }
  }

  private func crops(_ material: Material?, _ folders: [String], _ session: PretrainSession) throws -> PictureCrops {
    defer { session.console.clear() }
    let read = try folders.map { folder in
      try PictureCrops.pictures(in: URL(filePath: folder)) { done, count in
        session.console.progress("reading \(folder)", fraction: Double(done) / Double(count))
      }
    }
    let photos = material.map { [$0.photos.map(\.picture)] } ?? []
    let places = [self.material].compactMap(\.self) + folders
    return try PictureCrops(
      photos + read, from: places.joined(separator: ", "), frame: session.config.autoencoder.side, seed: session.config.seed)
  }
}
