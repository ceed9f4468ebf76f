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

  @Option(help: "The model folder to go on from; its autoencoder must be of the shape that is wanted.") var from: String
  @Option(help: "A folder of pictures to learn from; repeatable, folders are drawn from equally often.") var pictures: [String] = []
  @Option(help: "A folder of photos to measure on.") var validation: String?
  @Option(help: "A folder of lorweb data material: its training photos to learn from, its test photos to measure on.")
  var material: String?
  @Option(name: .shortAndLong, help: "The run's folder.") var output: String
  @Option(name: .customLong("set"), help: "One setting as key=value, such as autoencoder.noise=0.05; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Go on from the run's last checkpoint.") var resume = false
  @Option(help: "Threads inside one operator; resuming is exact only with as many.") var threads: Int?
  @Option(help: "Steps between lines of metrics.") var logEvery = 20
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    guard material != nil || (!pictures.isEmpty && validation != nil) else {
      throw ValidationError("Say --material, or --pictures and --validation.")
    }
    guard logEvery > 0 else { throw ValidationError("--log-every must be 1 or more, found \(logEvery).") }
  }

  func run() throws {
    try stoppable(train)
  }

  private func train(until stop: StopRequest) throws {
    let console = Console(quiet: quiet)
    if let threads { Engine.threads = threads }
    let place = try RunFolder(URL(filePath: output))
    let last = resume ? try place.checkpoints().last : nil
    var layers = try ConfigLayers(try last.map { try PretrainingState($0).config } ?? PretrainingConfig())
    for assignment in assignments { try layers.set(assignment) }
    let config = try layers.pretraining()
    let origin = try ModelFolder(URL(filePath: from))
    let shape: AutoencoderConfig = try origin.config(.vae)
    let model = try load(from: TrainableSource(start(config, shape, origin)), dtype: .float32) {
      try AutoencoderKL($0, config: shape)
    }
    let metric = config.autoencoder.perceptual > 0 ? try MetricModels.perceptual() : nil
    let material = try material.map { try Material(folder: URL(filePath: $0)) }
    let photos = try crops(material?.part(.train), pictures, config, console)
    let others = try crops(validation == nil ? material?.part(.test) : nil, [validation].compactMap(\.self), config, console)
    let stage = try PretrainingStage.autoencoder(model, metric: metric, pictures: photos, validation: others, config: config)
    let run = try Pretraining(config, stage: stage, folder: place, resuming: last)
    try describe(run, model, photos, others)
    guard try follow(run, console, until: stop) else { return print(place.url.path(percentEncoded: false)) }
    let written = place.url.appending(path: "model", directoryHint: .isDirectory)
    let measured = try photos.wholes().prefix(256).map { picture in try withTorchErrors { Tensor.signed(picture) } }
    try run.withAverages { try PretrainedFolder(from: origin).write(model, measuredOn: measured, to: written) }
    print(written.path(percentEncoded: false))
  }

  private func start(_ config: PretrainingConfig, _ shape: AutoencoderConfig, _ origin: ModelFolder) throws -> any WeightSource {
    switch config.autoencoder.start {
    case .given: try origin.weights(.vae)
    case .linear: try LinearStart(shape, deviation: max(config.autoencoder.noise, 1e-3), seed: config.seed)
    }
  }

  private func crops(
    _ material: Material?, _ folders: [String], _ config: PretrainingConfig, _ console: Console
  ) throws -> PictureCrops {
    defer { console.clear() }
    let read = try folders.map { folder in
      try PictureCrops.pictures(in: URL(filePath: folder)) { done, count in
        console.progress("reading \(folder)", fraction: Double(done) / Double(count))
      }
    }
    let photos = material.map { [$0.photos.map(\.picture)] } ?? []
    let places = [self.material].compactMap(\.self) + folders
    return try PictureCrops(
      photos + read, from: places.joined(separator: ", "), frame: config.autoencoder.side, seed: config.seed)
  }

  private func describe(_ run: Pretraining, _ model: AutoencoderKL, _ photos: PictureCrops, _ others: PictureCrops) throws {
    guard !quiet else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(run.config), as: UTF8.self))
    print(
      "\(model.registry.parameterCount) parameters; \(photos.groups.joined().count) pictures, \(others.groups.joined().count) to measure on")
    let start = try run.measure().map { "\($0.key) \(String(format: "%.2f", $0.value))" }.sorted().joined(separator: ", ")
    print("after step \(run.step): \(start)")
  }

  /// Does the steps; false if it was interrupted, with a checkpoint written.
  private func follow(_ run: Pretraining, _ console: Console, until stop: StopRequest) throws -> Bool {
    let log = try MetricsLog(run.folder, after: run.step)
    var pace = 0.0
    stop.isAwaited()
    while let report = try run.next() {
      pace = pace == 0 ? report.seconds : pace * 0.95 + report.seconds * 0.05
      if report.measured != nil || report.step.isMultiple(of: logEvery) { try log.append(report) }
      console.progress(line(report, pace, of: run.config.steps), fraction: Double(report.step) / Double(run.config.steps))
      if stop.isMade {
        try run.save()
        return false
      }
    }
    console.clear()
    return true
  }

  private func line(_ report: Pretraining.Report, _ pace: Double, of steps: Int) -> String {
    let left = Duration.seconds(pace * Double(steps - report.step)).formatted(.time(pattern: .hourMinuteSecond))
    let measured = (report.measured ?? [:]).sorted { $0.key < $1.key }
      .map { ", \($0.key) \(String(format: "%.3f", $0.value))" }.joined()
    return String(
      format: "step %d of %d, loss %.4f, lr %.2e, %.2f s/step, ", report.step, steps, report.loss, report.learningRate, pace)
      + "\(left) left\(measured)"
  }
}
