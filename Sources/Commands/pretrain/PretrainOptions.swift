import ArgumentParser
import Foundation
import LoRWeBCheckpoints
import LoRWeBTraining

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
