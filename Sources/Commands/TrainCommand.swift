import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a basis on a frozen model.",
    discussion: """
      Settings are the paper's unless --recipe or --set say otherwise; a recipe is our own YAML or JSON or the authors' YAML \
      (docs/train.md). The set's folder is described in docs/data.md. --rehearse trains on random numbers, to learn a recipe's \
      speed and memory before its pictures are there.
      """)

  @Option(help: "A model folder in the diffusers layout.") var model: String
  @OptionGroup var pictures: PictureOptions
  @Option(name: .shortAndLong, help: "The run's folder: checkpoints and metrics.jsonl; --plan needs none.") var output: String?
  @Option(help: "Settings as YAML or JSON, ours or the authors'.") var recipe: String?
  @Option(help: "Settings to begin with: paper or mini (the embedded model's).") var preset = Preset.paper
  @Option(name: .customLong("set"), help: "One setting as key=value, such as optimiser.learningRate=4e-3; repeatable.")
  var assignments: [String] = []
  @Option(help: "A basis to begin from instead of random numbers.") var from: String?
  @Flag(help: "Go on from the run's last checkpoint.") var resume = false
  @Flag(help: "Train on random latents and embeddings.") var rehearse = false
  @Flag(help: "Train 100 steps aside and say whether a long run is worth starting; ends with 1 if not.") var check = false
  @Flag(help: "Print what --check found as JSON.") var json = false
  @Flag(help: "Only print settings, sizes and memory; the model folder's configs are enough, its weights needn't be there.")
  var plan = false
  @Option(help: "Side of the canvas of --rehearse and --plan in pixels.") var canvas = 512
  @Option(help: "Text tokens of --rehearse and --plan.") var textTokens = 512
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
    if rehearse, pictures.data != nil { throw ValidationError("--rehearse is without pictures; leave out it or --data.") }
    guard canvas >= 32, canvas.isMultiple(of: 32), canvas <= 4096 else {
      throw ValidationError("--canvas must be a multiple of 32 from 32 to 4096, found \(canvas).")
    }
    guard (1...4096).contains(textTokens) else {
      throw ValidationError("--text-tokens must be from 1 to 4096, found \(textTokens).")
    }
    if plan, check || rehearse || resume || from != nil || pictures.data != nil {
      throw ValidationError(
        "--plan looks at settings and configs alone; leave out --check, --rehearse, --resume, --from and --data.")
    }
    guard plan == (output == nil) else {
      throw ValidationError(plan ? "--plan writes nothing; leave out --output." : "Say --output with the run's folder.")
    }
    if json, !check { throw ValidationError("--json is for --check.") }
    guard logEvery > 0 else { throw ValidationError("--log-every must be 1 or more, found \(logEvery).") }
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more, found \(threads).") }
    if resume, from != nil { throw ValidationError("--resume goes on from the run's own basis; leave out --from.") }
  }

  func run() throws {
    try stoppable(train)
  }

  func train(until stop: StopRequest) throws {
    let console = Console(quiet: quiet)
    if let threads { Engine.threads = threads }
    guard let output else { return try describePlan(settings(nil, console).0) }
    let place = try RunFolder(URL(filePath: output))
    let last = resume ? try place.checkpoints().last : nil
    let (config, set) = try settings(last, console)
    try pictures.checkApart(from: place.url, set)
    if check { return try climb(config, set, place, stop, console) }
    let source = try source(config, set, cache: place.url.appending(path: "features"), stop, console)
    let training = try begin(config, source, place, last)
    try describe(training, config, tokens: source.tokens)
    let log = try MetricsLog(place, after: training.step)
    let gallery = source.pictures.map { SampleGallery($0, transformer: training.transformer, samples: $0.samples) }
    let page = RunReport(place, config: config)
    try stop.awaited { try steps(training, log, gallery, page, stop, console) }
    console.clear()
    print(try place.checkpoints().last?.url.path(percentEncoded: false) ?? output)
  }

  private func steps(
    _ training: TrainingRun, _ log: MetricsLog, _ gallery: SampleGallery?, _ page: RunReport, _ stop: StopRequest,
    _ console: Console
  ) throws {
    let config = training.config
    var pace = 0.0
    while let report = try training.next() {
      pace = pace == 0 ? report.seconds : pace * 0.9 + report.seconds * 0.1
      let metrics = TrainingMetrics(report, training.health, secondsPerStep: pace, steps: config.steps)
      if report.step.isMultiple(of: logEvery) || report.step == config.steps { try log.append(metrics) }
      console.progress(metrics.line(of: config.steps), fraction: Double(report.step) / Double(config.steps))
      if let checkpoint = report.checkpoint {
        try gallery?.paint(checkpoint, in: training.folder)
        try page.write()
      }
      if stop.isMade {
        if report.checkpoint == nil { try training.save() }
        break
      }
    }
  }

  /// The settings, and the folder of pictures the authors' YAML names.
  private func settings(_ last: RunFolder.Checkpoint?, _ console: Console) throws -> (TrainingConfig, set: String?) {
    var base = try last.map { try RunState($0).config } ?? (preset == .mini ? .mini : .paper)
    var set: String?
    let read = try recipe.map { recipe in
      guard let text = try? String(contentsOf: URL(filePath: recipe), encoding: .utf8) else {
        throw ValidationError("--recipe \(recipe) can't be read as text; name a YAML or JSON file of settings (docs/train.md).")
      }
      return try RecipeFile(text, place: recipe)
    }
    if let recipe, case .authors(let authors) = read {
      (base, set) = (authors.config, authors.data)
      if !authors.ignored.isEmpty { console.warn("\(recipe): nothing here uses \(authors.ignored.joined(separator: ", "))") }
    }
    var layers = try ConfigLayers(base)
    if let recipe, case .ours(let settings) = read { try layers.add(settings, place: recipe) }
    for assignment in assignments { try layers.set(assignment) }
    return (try layers.config(), set)
  }

  /// What a run learns on.
  private struct Source {
    let encoders: ModelEncoders
    let data: TrainingData
    /// Text, target and context of a sample.
    let tokens: Int
    let pictures: PictureData?
  }

  private func source(
    _ config: TrainingConfig, _ set: String?, cache: URL, batches: Int? = nil, _ stop: StopRequest, _ console: Console
  ) throws -> Source {
    let folder = try ModelFolder(URL(filePath: model))
    let encoders = try pictures.encoders(folder, dtype: dtype.dtype)
    if rehearse {
      let size = config.basis.size(encoderWidth: try encoders.embeddingWidth())
      let side = canvas / 16
      let data = TrainingData.random(
        try folder.config(.transformer), queryWidth: size.queryWidth, rows: side, columns: side, textLength: textTokens,
        seed: config.seed)
      return Source(encoders: encoders, data: data, tokens: assumedTokens, pictures: nil)
    }
    guard let set = pictures.data ?? set else {
      throw ValidationError(
        "Say --data with a folder of pictures to learn from (docs/data.md), or --rehearse to train on none.")
    }
    let pictures = try pictures.open(set, config, encoders, cache: cache, console)
    try stop.awaited { try fill(pictures, batches, stop, console) }
    return Source(encoders: encoders, data: pictures.data, tokens: try pictures.tokensPerSample(), pictures: pictures)
  }

  /// Encodes; a signal ends it when what is encoded is on the disk.
  private func fill(_ pictures: PictureData, _ batches: Int?, _ stop: StopRequest, _ console: Console) throws {
    func endIfAsked() throws {
      guard stop.isMade else { return }
      console.say("Interrupted; what was encoded is kept.")
      throw ExitCode(130)
    }
    try pictures.fill(batches: batches) { what, done, all in
      console.progress("\(what): \(done) of \(all)", fraction: Double(done) / Double(all))
      try endIfAsked()
    }
    console.clear()
    try endIfAsked()
  }

  private func begin(
    _ config: TrainingConfig, _ source: Source, _ place: RunFolder, _ last: RunFolder.Checkpoint?
  ) throws -> TrainingRun {
    let transformer = try transformer(source)
    if let last {
      return try TrainingRun(resuming: last, config: config, transformer: transformer, data: source.data, folder: place)
    }
    return try TrainingRun(
      config, transformer: transformer, basis: basis(config, source, transformer), data: source.data, folder: place)
  }

  private func transformer(_ source: Source) throws -> FluxTransformer {
    let folder = source.encoders.folder
    let shape: FluxConfig = try folder.config(.transformer)
    return try load(from: folder.weights(.transformer), dtype: dtype.dtype) { try FluxTransformer($0, config: shape) }
  }

  private func basis(_ config: TrainingConfig, _ source: Source, _ transformer: FluxTransformer) throws -> LoRABasis {
    if let from { return try LoRABasis.trainable(from: URL(filePath: from)) }
    let name = config.basis.encoder
    return try LoRABasis.untrained(
      config, on: transformer, encoder: name.isEmpty ? source.encoders.imageEncoderName() : name,
      encoderWidth: source.encoders.embeddingWidth())
  }

  /// The ladder before a long run; what it trains and encodes is left nowhere.
  private func climb(
    _ config: TrainingConfig, _ set: String?, _ place: RunFolder, _ stop: StopRequest, _ console: Console
  ) throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "lorweb-check-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let source = try source(
      config, set, cache: scratch.appending(path: "features"), batches: TrainingCheck.batches, stop, console)
    let transformer = try transformer(source)
    let ladder = TrainingCheck(config, transformer: transformer, data: source.data, pictures: source.pictures)
    let result = try ladder.climb(from: basis(config, source, transformer), in: scratch) { step, steps in
      console.progress("step \(step) of \(steps)", fraction: Double(step) / Double(steps))
    }
    console.clear()
    try result.write(to: place)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(result.rungs), as: UTF8.self))
    } else {
      for rung in result.rungs { print("\(rung.hasPassed ? "passed" : "FAILED")  \(rung.name): \(rung.finding)") }
    }
    if !result.hasPassed { throw ExitCode.failure }
  }

  private func describe(_ training: TrainingRun, _ config: TrainingConfig, tokens: Int) throws {
    guard !quiet else { return }
    try describe(training.sizes(tokens: tokens), config)
    if training.step > 0 { print("going on after step \(training.step)") }
  }

  private func describePlan(_ config: TrainingConfig) throws {
    let folder = try ModelFolder(URL(filePath: model))
    let encoders = try pictures.encoders(folder, dtype: dtype.dtype)
    let sizes = try TrainingSizes(
      planning: config, shape: folder.config(.transformer), encoderWidth: encoders.embeddingWidth(), dtype: dtype.dtype,
      tokens: assumedTokens)
    try describe(sizes, config)
  }

  /// Of a sample of text, target and context that no picture decides.
  private var assumedTokens: Int { textTokens + 2 * (canvas / 16) * (canvas / 16) }

  private func describe(_ sizes: TrainingSizes, _ config: TrainingConfig) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
    print(String(decoding: try encoder.encode(config), as: UTF8.self))
    print("base \(sizes.baseParameters) parameters, basis \(sizes.basisParameters), of them trained \(sizes.trainedParameters)")
    print(
      "\(sizes.tokensPerStep) tokens a step; about \(gigabytes(sizes.stateBytes)) for weights and optimiser, \(gigabytes(sizes.activationBytes)) for a step"
    )
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
