import ArgumentParser
import Foundation
import LoRWeBCheckpoints
import LoRWeBTraining

/// What every stage of pre-training is told.
struct PretrainOptions: ParsableArguments {
  @Option(help: "The model folder to go on from; its parts must be of the shape that is wanted.") var from: String
  @Option(name: .shortAndLong, help: "The run's folder.") var output: String
  @OptionGroup var run: RunOptions

  /// Trains a part and prints the way; an interrupted run leaves a checkpoint.
  ///
  /// - Parameter folders: what is learned from and measured on, in which neither the run's folder nor the cache may be.
  func train(_ part: Pretraining.Part, on folders: [String?], cache: String? = nil) async throws {
    try RunOptions.requireApart([output, cache], from: folders)
    try await interruptible(leaving: "what was encoded is kept") { [self] in try await follow(part) }
  }

  private func follow(_ part: Pretraining.Part) async throws {
    let console = Console(quiet: run.quiet)
    var pretraining = Pretraining(part, from: URL(filePath: from), output: URL(filePath: output))
    (pretraining.device, pretraining.resumes) = (try run.begin(), run.resume)
    let last = try run.last(in: pretraining.output)
    var layers = try ConfigLayers(try last.map { try RunState<PretrainingConfig>($0).config } ?? pretraining.config)
    for assignment in run.assignments { try layers.set(assignment) }
    pretraining.config = try layers.settings()
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
