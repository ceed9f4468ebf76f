import ArgumentParser
import Foundation
import LoRWeBFiles
import LoRWeBTorch
import LoRWeBTraining

/// What every stage of pre-training is told.
struct PretrainOptions: ParsableArguments {
  @Option(help: "The model folder to go on from; its parts must be of the shape that is wanted.") var from: String
  @Option(name: .shortAndLong, help: "The run's folder.") var output: String
  @Option(name: .customLong("set"), help: "One setting as key=value, such as optimiser.learningRate=1e-3; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Go on from the run's last checkpoint.") var resume = false
  @Option(help: "cpu, cuda, cuda:1 or mps.") var device = "cpu"
  @Option(help: "Threads inside one operator; resuming is exact only with as many.") var threads: Int?
  @Option(help: "Steps between lines of metrics.") var logEvery = 20
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  /// Refuses a run's folder or a cache inside a folder that is learned from or measured on.
  func checkApart(from folders: [String?], cache: String? = nil) throws {
    for folder in folders.compactMap(\.self) {
      for place in [output, cache].compactMap(\.self) {
        try Folder.check(URL(filePath: place), isApartFrom: URL(filePath: folder))
      }
    }
  }

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more, found \(threads).") }
    guard logEvery > 0 else { throw ValidationError("--log-every must be 1 or more, found \(logEvery).") }
  }

  /// Trains a part and prints the way; an interrupted run leaves a checkpoint.
  func train(_ part: Pretraining.Part) async throws {
    let options = self
    try await interruptible(leaving: "what was encoded is kept") { try await options.follow(part) }
  }

  private func follow(_ part: Pretraining.Part) async throws {
    let console = Console(quiet: quiet)
    if let threads { Engine.threads = threads }
    var pretraining = Pretraining(part, from: URL(filePath: from), output: URL(filePath: output))
    let last = resume ? try RunFolder.start(in: pretraining.output, resumes: true) : nil
    var layers = try ConfigLayers(try last.map { try RunState<PretrainingConfig>($0).config } ?? pretraining.config)
    for assignment in assignments { try layers.set(assignment) }
    pretraining.config = try layers.pretraining()
    (pretraining.device, pretraining.resumes) = (try Device(named: device), resume)
    let session = TrainingSession(pretraining, logEvery: logEvery)
    let overview = try await session.prepare(console.tell)
    console.clear()
    if !quiet {
      print(try Console.text(pretraining.config))
      print("\(overview.tensors) tensors, \(overview.parameters) parameters learn; \(overview.sources ?? "")")
      print("after step \(overview.step): " + Console.text(figures: try await session.measure()))
    }
    for try await step in session { console.follow(step.metrics, of: pretraining.config.steps) }
    let made = try await session.end()
    console.clear()
    print(made.path(percentEncoded: false))
  }
}
