import ArgumentParser
import Foundation
import LoRWeBFiles
import LoRWeBTorch
import LoRWeBTraining

/// How a run of training goes, whatever is trained.
struct RunOptions: ParsableArguments {
  @Option(name: .customLong("set"), help: "One setting as key=value, such as optimiser.learningRate=1e-3; repeatable.")
  var assignments: [String] = []
  @Flag(help: "Go on from the run's last checkpoint.") var resume = false
  @Option(help: "cpu, cuda, cuda:1 or mps.") var device = "cpu"
  @Option(help: "Threads inside one operator; resuming is exact only with as many.") var threads: Int?
  @Option(help: "Steps between lines of metrics; 10 if left out, 20 for pretrain.") var logEvery: Int?
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    try requirePositive("--log-every", logEvery)
    try requirePositive("--threads", threads)
  }

  /// Sets the threads and says where to compute.
  func begin() throws -> Device {
    if let threads { Engine.threads = threads }
    return try Device(named: device)
  }

  /// The settings of the checkpoint that is gone on from.
  func settings<Settings: RunSettings>(in output: URL) throws -> Settings? {
    resume ? try RunFolder.start(in: output, resumes: true).map { try RunState<Settings>($0).config } : nil
  }

  /// Shows a run's steps until it ends; prints where what it was for is.
  func follow<Plan: TrainingPlan>(_ session: TrainingSession<Plan>, of steps: Int, _ console: Console) async throws {
    for try await step in session { console.follow(step.metrics, of: steps) }
    let made = try await session.end()
    console.clear()
    print(made.path(percentEncoded: false))
  }

  /// Refuses a run's folder or a cache inside a folder that is learned from or measured on.
  static func requireApart(_ places: [URL?], from folders: [URL?]) throws {
    for folder in folders.compactMap(\.self) {
      for place in places.compactMap(\.self) { try Folder.check(place, isApartFrom: folder) }
    }
  }
}
