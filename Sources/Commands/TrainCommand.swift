import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a basis on a frozen model.",
    discussion: """
      Settings are the paper's unless --recipe or --set say otherwise; a recipe is our own YAML or JSON or the authors' YAML \
      (docs/train.md). --rehearse trains on random numbers, to learn a recipe's speed and memory before its pictures are there.
      """)

  @Option(help: "A model folder in the diffusers layout.") var model: String
  @Option(name: .shortAndLong, help: "The run's folder: checkpoints and metrics.jsonl.") var output: String
  @Option(help: "Settings as YAML or JSON, ours or the authors'.") var recipe: String?
  @Option(help: "Settings to begin with: paper or mini (the embedded model's).") var preset = Preset.paper
  @Option(name: .customLong("set"), help: "One setting as key=value, such as optimiser.learningRate=4e-3; repeatable.")
  var assignments: [String] = []
  @Option(help: "A basis to begin from instead of random numbers.") var from: String?
  @Flag(help: "Go on from the run's last checkpoint.") var resume = false
  @Flag(help: "Train on random latents and embeddings.") var rehearse = false
  @Option(help: "Side of the rehearsal's canvas in pixels.") var canvas = 512
  @Option(help: "Text tokens of the rehearsal.") var textTokens = 512
  @Option(help: "float32 or bfloat16: what the frozen model computes in; the basis is always float32.")
  var dtype = ComputeType.float32
  @Option(help: "Threads inside one operator; resuming is exact only with as many.") var threads: Int?
  @Option(help: "Steps between lines of metrics.") var logEvery = 10
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  enum Preset: String, ExpressibleByArgument, CaseIterable {
    case paper
    case mini
  }

  func validate() throws {
    guard rehearse else { throw ValidationError("Say --rehearse: pictures to train on can't be given to this command yet.") }
    guard canvas >= 32, canvas.isMultiple(of: 32), canvas <= 4096 else {
      throw ValidationError("--canvas must be a multiple of 32 from 32 to 4096, found \(canvas).")
    }
    guard (1...4096).contains(textTokens) else {
      throw ValidationError("--text-tokens must be from 1 to 4096, found \(textTokens).")
    }
    guard logEvery > 0 else { throw ValidationError("--log-every must be 1 or more, found \(logEvery).") }
    if resume, from != nil { throw ValidationError("--resume goes on from the run's own basis; leave out --from.") }
  }

  func run() async throws {
    let command = self
    try await interruptible { try command.train() }
  }

  private func train() throws {
    let console = Console(quiet: quiet)
    if let threads { Engine.threads = threads }
    let place = try RunFolder(URL(filePath: output))
    let last = resume ? try place.checkpoints().last : nil
    let config = try settings(last, console)
    let training = try begin(config, place, last)
    try describe(training, config)
    let log = try MetricsLog(place, after: training.step)
    var pace = 0.0
    while let report = try training.next() {
      pace = pace == 0 ? report.seconds : pace * 0.9 + report.seconds * 0.1
      let metrics = TrainingMetrics(report, training.health, secondsPerStep: pace, steps: config.steps)
      if report.step.isMultiple(of: logEvery) || report.step == config.steps { try log.append(metrics) }
      console.progress(metrics.line(of: config.steps), fraction: Double(report.step) / Double(config.steps))
      if Task.isCancelled {
        if report.checkpoint == nil { try training.save() }
        break
      }
    }
    console.clear()
    print(try place.checkpoints().last?.url.path(percentEncoded: false) ?? output)
  }

  private func settings(_ last: RunFolder.Checkpoint?, _ console: Console) throws -> TrainingConfig {
    var base = try last.map { try RunState($0).config } ?? (preset == .mini ? .mini : .paper)
    var ours: String?
    if let recipe {
      let text = try String(contentsOf: URL(filePath: recipe), encoding: .utf8)
      if AuthorsRecipe.isOne(text) {
        let read = try AuthorsRecipe(text, place: recipe)
        base = read.config
        if !read.ignored.isEmpty { console.warn("\(recipe): nothing here uses \(read.ignored.joined(separator: ", "))") }
      } else {
        ours = text
      }
    }
    var layers = try ConfigLayers(base)
    if let ours, let recipe { try layers.add(yaml: ours, place: recipe) }
    for assignment in assignments { try layers.set(assignment) }
    return try layers.config()
  }

  private func begin(_ config: TrainingConfig, _ place: RunFolder, _ last: RunFolder.Checkpoint?) throws -> TrainingRun {
    let folder = try ModelFolder(URL(filePath: model))
    let shape: FluxConfig = try folder.config(.transformer)
    let transformer = try load(from: folder.weights(.transformer), dtype: dtype.dtype) {
      try FluxTransformer($0, config: shape)
    }
    let file = folder.folder(.imageEncoder).appending(path: "config.json")
    let encoder = try ImageEncoderConfig(json: Data(contentsOf: file), named: file.path(percentEncoded: false))
    let size = config.basis.size(encoderWidth: encoder.width)
    let data = TrainingData.random(
      shape, queryWidth: size.queryWidth, rows: canvas / 16, columns: canvas / 16, textLength: textTokens, seed: config.seed)
    if let last {
      return try TrainingRun(resuming: last, config: config, transformer: transformer, data: data, folder: place)
    }
    let basis: LoRABasis
    if let from {
      basis = try LoRABasis.trainable(from: URL(filePath: from))
    } else {
      basis = try LoRABasis.untrained(
        config, on: transformer, encoder: RouterSettings.paper.encoder, encoderWidth: encoder.width)
    }
    return try TrainingRun(config, transformer: transformer, basis: basis, data: data, folder: place)
  }

  private func describe(_ training: TrainingRun, _ config: TrainingConfig) throws {
    guard !quiet else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let tokens = textTokens + 2 * (canvas / 16) * (canvas / 16)
    let sizes = training.sizes(tokens: tokens)
    func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
    print(String(decoding: try encoder.encode(config), as: UTF8.self))
    print("base \(sizes.baseParameters) parameters, basis \(sizes.basisParameters), of them trained \(sizes.trainedParameters)")
    print(
      "\(sizes.tokensPerStep) tokens a step; about \(gigabytes(sizes.stateBytes)) for weights and optimiser, \(gigabytes(sizes.activationBytes)) for a step"
    )
    if training.step > 0 { print("going on after step \(training.step)") }
  }
}

extension TrainingMetrics {
  fileprivate func line(of steps: Int) -> String {
    let left = Duration.seconds(secondsLeft).formatted(.time(pattern: .hourMinuteSecond))
    return String(
      format: "step %d of %d, loss %.4f, lr %.2e, %.2f s/step, ", step, steps, loss, learningRate, secondsPerStep)
      + "\(left) left"
  }
}
