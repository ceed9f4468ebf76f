import ArgumentParser
import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch
import LoRWeBTraining

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains a basis on a frozen model.",
    discussion: """
      Settings are the paper's unless --recipe or --set say otherwise; a recipe is our own YAML or JSON or the authors' YAML \
      (docs/train.md). The set's folder is described in docs/data.md. --rehearse trains on random numbers, to learn a recipe's \
      speed and memory before its pictures are there.
      """)

  @Option(help: "A model folder in the diffusers layout.") var model: String
  @OptionGroup var set: TrainingSetOptions
  @Option(name: .shortAndLong, help: "The run's folder: checkpoints and metrics.jsonl; --plan needs none.") var output: String?
  @Option(help: "Settings as YAML or JSON, ours or the authors'.") var recipe: String?
  @Option(help: "Settings to begin with: paper or mini (the embedded model's).") var preset = Preset.paper
  @Option(help: "A basis to begin from instead of random numbers.") var from: String?
  @Flag(help: "Train on random latents and embeddings.") var rehearse = false
  @Flag(help: "Train 100 steps aside and say whether a long run is worth starting; ends with 1 if not.") var check = false
  @Flag(help: "Print what --check found as JSON.") var json = false
  @Flag(help: "Only print settings, sizes and memory; the model folder's configs are enough, its weights needn't be there.")
  var plan = false
  @Option(help: "Side of the canvas of --rehearse and --plan in pixels.") var canvas = 512
  @Option(help: "Text tokens of --rehearse and --plan.") var textTokens = 512
  @Option(help: "float32 or bfloat16: what the frozen model computes in; the basis is always float32.")
  var dtype = ComputeType.float32
  @OptionGroup var options: RunOptions

  enum Preset: String, ExpressibleByArgument, CaseIterable { case paper, mini }

  func validate() throws {
    if rehearse, set.data != nil { throw ValidationError("--rehearse is without pictures; leave out it or --data.") }
    try require("--canvas", canvas, in: 1...4096)
    try require("--text-tokens", textTokens, in: 1...4096)
    if plan, check || rehearse || options.resume || from != nil || set.data != nil {
      throw ValidationError(
        "--plan looks at settings and configs alone; leave out --check, --rehearse, --resume, --from and --data.")
    }
    guard plan == (output == nil) else {
      throw ValidationError(plan ? "--plan writes nothing; leave out --output." : "Say --output with the run's folder.")
    }
    if json, !check { throw ValidationError("--json is for --check.") }
    if options.resume, from != nil { throw ValidationError("--resume goes on from the run's own basis; leave out --from.") }
  }

  func run() async throws {
    try await interruptible(leaving: "what was encoded is kept") { [self] in try await train() }
  }

  private func train() async throws {
    let console = Console(quiet: options.quiet)
    let device = try options.begin()
    let (config, folder) = try settings(console)
    if output != nil { try RunOptions.requireApart([output, set.cache], from: [set.data ?? folder]) }
    var training = BasisTraining(
      model: URL(filePath: model), inputs: try inputs(folder), output: URL(filePath: output ?? ""), config: config)
    (training.encoder, training.start) = (set.encoder.map { URL(filePath: $0) }, from.map { URL(filePath: $0) })
    (training.dtype, training.device, training.resumes) = (dtype.dtype, device, options.resume)
    if plan { return try describe(training.sizes(), config) }
    let session = TrainingSession(training, logEvery: options.logEvery ?? 10)
    if check { return try await climb(session, console) }
    let overview = try await session.prepare(console.tell)
    console.clear()
    if !options.quiet, let sizes = overview.sizes {
      try describe(sizes, config)
      if overview.step > 0 { print("going on after step \(overview.step)") }
    }
    try await options.follow(session, of: config.steps, console)
  }

  /// What is learned from; `folder` is named where --data isn't.
  private func inputs(_ folder: String?) throws -> BasisTraining.Inputs {
    if rehearse || plan { return .random(canvas: canvas, textTokens: textTokens) }
    guard let folder = set.data ?? folder else {
      throw ValidationError(
        "Say --data with a folder of pictures to learn from (docs/data.md), or --rehearse to train on none.")
    }
    return .pictures(set.source(folder))
  }

  /// The settings, and the folder of pictures the authors' YAML names.
  private func settings(_ console: Console) throws -> (TrainingConfig, folder: String?) {
    let last = try output.flatMap { try options.last(in: URL(filePath: $0)) }
    var base = try last.map { try RunState<TrainingConfig>($0).config } ?? (preset == .mini ? .mini : .paper)
    var folder: String?
    let read = try recipe.map { recipe in
      guard let text = try? String(contentsOf: URL(filePath: recipe), encoding: .utf8) else {
        throw ValidationError("--recipe \(recipe) can't be read as text; name a YAML or JSON file of settings (docs/train.md).")
      }
      return try RecipeFile(text, place: recipe)
    }
    if let recipe, case .authors(let authors) = read {
      (base, folder) = (authors.config, authors.data)
      if !authors.ignored.isEmpty { console.warn("\(recipe): nothing here uses \(authors.ignored.joined(separator: ", "))") }
    }
    var layers = try ConfigLayers(base)
    if let recipe, case .ours(let settings) = read { try layers.add(settings, place: recipe) }
    for assignment in options.assignments { try layers.set(assignment) }
    return (try layers.config(), folder)
  }

  /// The ladder before a long run; what it trains and encodes is left nowhere.
  private func climb(_ session: TrainingSession<BasisTraining>, _ console: Console) async throws {
    let result = try await session.check(console.tell)
    console.clear()
    if json {
      print(try result.rungs.readableText())
    } else {
      for rung in result.rungs { print("\(rung.hasPassed ? "passed" : "FAILED")  \(rung.name): \(rung.finding)") }
    }
    if !result.hasPassed { throw ExitCode.failure }
  }

  private func describe(_ sizes: TrainingSizes, _ config: TrainingConfig) throws {
    func gigabytes(_ bytes: Int) -> String { String(format: "%.2f GB", Double(bytes) / 1e9) }
    print(try config.readableText())
    print("base \(sizes.baseParameters) parameters, basis \(sizes.basisParameters), of them trained \(sizes.trainedParameters)")
    print(
      "\(sizes.tokensPerStep) tokens a step; about \(gigabytes(sizes.stateBytes)) for weights and optimiser, \(gigabytes(sizes.activationBytes)) for a step"
    )
  }
}
