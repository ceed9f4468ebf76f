import ArgumentParser
import Foundation
import LoRWeB
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
}

/// A stage's run as a command sees it: where it lies, what it goes on from, and how it is followed.
struct PretrainSession {
  let options: PretrainOptions
  let console: Console
  let folder: RunFolder
  let config: PretrainingConfig
  let origin: ModelFolder
  private let last: RunFolder.Checkpoint?

  /// - Parameter defaults: the stage's settings.
  init(_ options: PretrainOptions, defaults: PretrainingConfig) throws {
    self.options = options
    console = Console(quiet: options.quiet)
    if let threads = options.threads { Engine.threads = threads }
    folder = try RunFolder(URL(filePath: options.output))
    last = options.resume ? try folder.checkpoints().last : nil
    var layers = try ConfigLayers(try last.map { try PretrainingState($0).config } ?? defaults)
    for assignment in options.assignments { try layers.set(assignment) }
    config = try layers.pretraining()
    origin = try ModelFolder(URL(filePath: options.from))
  }

  /// Does all steps, then has the finished folder written; an interrupted run leaves a checkpoint instead.
  ///
  /// - Parameters:
  ///   - sizes: a sentence on how much is learned, and from how much.
  ///   - write: writes the model folder of averaged weights at a place that is free.
  func train(_ stage: PretrainingStage, sizes: String, until stop: StopRequest, write: (URL) throws -> Void) throws {
    let run = try Pretraining(config, stage: stage, folder: folder, resuming: last)
    if !options.quiet {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(config), as: UTF8.self))
      print("\(stage.trained.count) tensors, \(stage.parameterCount) parameters learn; \(sizes)")
      print("after step \(run.step): " + Self.text(try run.measure()))
    }
    guard try follow(run, until: stop) else { return print(folder.url.path(percentEncoded: false)) }
    let written = folder.url.appending(path: "model", directoryHint: .isDirectory)
    try run.withAverages { try write(written) }
    print(written.path(percentEncoded: false))
  }

  /// Does the steps; false if it was interrupted, with a checkpoint written.
  private func follow(_ run: Pretraining, until stop: StopRequest) throws -> Bool {
    let log = try MetricsLog(run.folder, after: run.step)
    var pace = 0.0
    stop.isAwaited()
    while let report = try run.next() {
      pace = pace == 0 ? report.seconds : pace * 0.95 + report.seconds * 0.05
      if report.measured != nil || report.step.isMultiple(of: options.logEvery) { try log.append(report) }
      console.progress(line(report, pace), fraction: Double(report.step) / Double(config.steps))
      if stop.isMade {
        try run.save()
        return false
      }
    }
    console.clear()
    return true
  }

  private func line(_ report: Pretraining.Report, _ pace: Double) -> String {
    let left = Duration.seconds(pace * Double(config.steps - report.step)).formatted(.time(pattern: .hourMinuteSecond))
    return String(
      format: "step %d of %d, loss %.4f, lr %.2e, %.2f s/step, ", report.step, config.steps, report.loss, report.learningRate,
      pace) + "\(left) left" + (report.measured.map { ", " + Self.text($0) } ?? "")
  }

  private static func text(_ measured: [String: Double]) -> String {
    measured.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.3f", $0.value))" }.joined(separator: ", ")
  }
}
