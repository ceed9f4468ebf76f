import ArgumentParser
import Foundation
import LoRWeBAnalogyData
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

  @Option(help: "A model folder in the diffusers layout.") var model: URL
  @Option(help: "The folder of pictures to learn from (docs/data.md).") var data: URL?
  @Option(help: "relation252k, prepared or pairs; found out if left out.") var layout: AnalogySet.Layout?
  @Option(help: "A manifest of what is never trained on.") var holdout: URL?
  @Flag(help: "Leave out pairs that can't be used, and list them.") var skipBadPairs = false
  @Option(help: "Where encoded pictures are kept, to be used by several runs; in the run's folder if left out.") var cache: URL?
  @Option(help: "The image encoder's folder; the model folder's own if left out.") var encoder: URL?
  @Option(name: .shortAndLong, help: "The run's folder: checkpoints and metrics.jsonl; --plan needs none.") var output: URL?
  @Option(help: "Settings as YAML or JSON, ours or the authors'.") var recipe: String?
  @Option(help: "Settings to begin with: paper or mini (the embedded model's).") var preset = Preset.paper
  @Option(help: "A basis to begin from instead of random numbers.") var from: URL?
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
    if rehearse, data != nil { throw ValidationError("--rehearse is without pictures; leave out it or --data.") }
    try require("--canvas", canvas, in: 1...4096)
    try require("--text-tokens", textTokens, in: 1...4096)
    if plan, check || rehearse || options.resume || from != nil || data != nil {
      throw ValidationError(
        "--plan looks at settings and configs alone; leave out --check, --rehearse, --resume, --from and --data.")
    }
    guard plan == (output == nil) else {
      throw ValidationError(plan ? "--plan writes nothing; leave out --output." : "Say --output with the run's folder.")
    }
    if json, !check { throw ValidationError("--json is for --check.") }
    if options.resume, from != nil { throw ValidationError("--resume goes on from the run's own basis; leave out --from.") }
  }

  func run() async throws { try await interruptible(leaving: "what was encoded is kept") { [self] in try await train() } }

  private func train() async throws {
    let console = Console(quiet: options.quiet)
    let device = try options.begin()
    let (config, folder) = try settings(console)
    if output != nil { try RunOptions.requireApart([output, cache], from: [data ?? folder]) }
    var training = BasisTraining(model: model, inputs: try inputs(folder), output: output ?? URL(filePath: ""), config: config)
    (training.encoder, training.start) = (encoder, from)
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
  private func inputs(_ folder: URL?) throws -> BasisTraining.Inputs {
    if rehearse || plan { return .random(canvas: canvas, textTokens: textTokens) }
    guard let folder = data ?? folder else {
      throw ValidationError(
        "Say --data with a folder of pictures to learn from (docs/data.md), or --rehearse to train on none.")
    }
    var set = TrainingSet(folder)
    (set.layout, set.skipsBadPairs, set.holdout, set.cache) = (layout, skipBadPairs, holdout, cache)
    return .pictures(set)
  }

  /// The settings, and the folder of pictures the authors' YAML names.
  private func settings(_ console: Console) throws -> (TrainingConfig, folder: URL?) {
    let last: TrainingConfig? = try output.flatMap { try options.settings(in: $0) }
    var (layers, folder) = (try ConfigLayers(last ?? (preset == .mini ? .mini : .paper)), URL?.none)
    if let recipe {
      guard let text = try? String(contentsOf: URL(filePath: recipe), encoding: .utf8) else {
        throw ValidationError("--recipe \(recipe) can't be read as text; name a YAML or JSON file of settings (docs/train.md).")
      }
      switch try RecipeFile(text, place: recipe) {
      case .ours(let settings): try layers.add(settings, place: recipe)
      case .authors(let authors):
        (layers, folder) = (try ConfigLayers(authors.config), authors.data.map { URL(filePath: $0) })
        if !authors.ignored.isEmpty { console.warn("\(recipe): nothing here uses \(authors.ignored.joined(separator: ", "))") }
      }
    }
    for assignment in options.assignments { try layers.set(assignment) }
    return (try layers.config(), folder)
  }

  private func climb(_ session: TrainingSession<BasisTraining>, _ console: Console) async throws {
    let result = try await session.check(console.tell)
    console.clear()
    let lines = result.rungs.map { "\($0.hasPassed ? "passed" : "FAILED")  \($0.name): \($0.finding)" }
    print(json ? try result.rungs.readableText() : lines.joined(separator: "\n"))
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
