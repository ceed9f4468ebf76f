import ArgumentParser
import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBTraining

struct PretrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain", abstract: "Trains a model's own parts, before any basis.",
    subcommands: [PretrainAutoencoderCommand.self, PretrainClipCommand.self, PretrainBaseCommand.self])
}

/// What every stage of pre-training is told.
struct PretrainOptions: ParsableArguments {
  @Option(help: "The model folder to go on from; its parts must be of the shape that is wanted.") var from: URL
  @Option(name: .shortAndLong, help: "The run's folder.") var output: URL
  @OptionGroup var run: RunOptions

  /// Trains a part and prints the way; an interrupted run leaves a checkpoint.
  /// - Parameter folders: what is learned from and measured on, in which neither the run's folder nor the cache may be.
  func train(_ part: Pretraining.Part, on folders: [URL?], cache: URL? = nil) async throws {
    try RunOptions.requireApart([output, cache], from: folders)
    try await interruptible(leaving: "what was encoded is kept") { [self] in try await follow(part) }
  }

  private func follow(_ part: Pretraining.Part) async throws {
    let console = Console(quiet: run.quiet)
    var pretraining = Pretraining(part, from: from, output: output)
    (pretraining.device, pretraining.resumes) = (try run.begin(), run.resume)
    var layers = try ConfigLayers(run.settings(in: output) ?? pretraining.config)
    for assignment in run.assignments { try layers.set(assignment) }
    pretraining.config = try layers.config()
    let session = TrainingSession(pretraining, logEvery: run.logEvery ?? 20)
    let overview = try await session.prepare(console.tell)
    console.clear()
    if !run.quiet {
      print(try pretraining.config.readableText())
      print("\(overview.tensors) tensors, \(overview.parameters) parameters learn; \(overview.sources ?? "")")
      print("after step \(overview.step): " + Console.text(figures: try await session.measure()))
    }
    try await run.follow(session, of: pretraining.config.steps, console)
  }
}

struct PretrainAutoencoderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoencoder", abstract: "Trains a model folder's autoencoder on photos.",
    discussion: """
      The run's folder gets checkpoints, metrics.jsonl and, at the end, model/: the folder of --from with the new autoencoder in \
      it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of pictures to learn from; repeatable, folders are drawn from equally often.")
  var pictures: [URL] = []
  @Option(help: "A folder of photos to measure on.") var validation: URL?
  @Option(help: "A folder of lorweb data material: its training photos to learn from, its test photos to measure on.")
  var material: URL?

  func validate() throws {
    guard material != nil || (!pictures.isEmpty && validation != nil) else {
      throw ValidationError("Say --material, or --pictures and --validation.")
    }
  }

  func run() async throws {
    try await options.train(
      .autoencoder(
        pictures: pictures, validation: [validation].compactMap(\.self), material: material,
        metric: { try MetricModels.perceptual(device: $0) }),
      on: pictures + [validation, material])
  }
}

struct PretrainClipCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip", abstract: "Trains a model folder's image encoder and CLIP text encoder on analogies.",
    discussion: """
      They learn to see which change leads from one picture to the other. The run's folder gets checkpoints, metrics.jsonl and, \
      at the end, model/: the folder of --from with the new encoders in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [URL]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: URL

  func run() async throws { try await options.train(.clip(data: data, validation: validation), on: data + [validation]) }
}

struct PretrainBaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "base", abstract: "Trains a model folder's transformer and T5 to edit by instruction.",
    discussion: """
      Autoencoder and CLIP text encoder are used as they are. The run's folder gets latents, checkpoints, metrics.jsonl and, at \
      the end, model/: the folder of --from with the new transformer and T5 in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [URL]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: URL
  @Option(help: "Where encoded pictures are kept for other runs; the run's folder if left out.") var cache: URL?

  func run() async throws {
    try await options.train(.base(data: data, validation: validation, cache: cache), on: data + [validation], cache: cache)
  }
}
