import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch

/// A step that was done.
public struct StepReport: Sendable {
  /// With the routing's health at the steps of `metrics.jsonl`, and without it at others.
  public internal(set) var metrics: TrainingMetrics
  /// The checkpoint written after it; a session's is finished with its samples and the report.
  public let checkpoint: RunFolder.Checkpoint?
}

/// A run: steps on demand, a checkpoint now and then, and the way back into an interrupted one.
///
/// A continued run gives, byte for byte, the weights of one that was never interrupted, on the same machine with as many threads.
public final class TrainingRun<Goal: Objective> {
  public let config: Goal.Settings
  public let objective: Goal
  public let folder: RunFolder
  /// Steps done.
  public private(set) var step = 0
  private let optimiser: AdamW
  private let average: MovingAverage?
  private let generator: Generator

  /// Begins a run, or goes on from a checkpoint of one that learns the same, whose settings may have been others.
  /// - Throws: `TrainingError.badRun`, also if the folder holds a run already and none is gone on from; what reading a checkpoint
  ///   throws; `TorchError`.
  public init(
    _ config: Goal.Settings, _ objective: Goal, folder: RunFolder, resuming checkpoint: RunFolder.Checkpoint? = nil
  ) throws {
    if checkpoint == nil { _ = try RunFolder.start(in: folder.url, resumes: false) }
    try folder.make()
    (self.config, self.objective, self.folder) = (config, objective, folder)
    generator = try Generator(seed: config.seed)
    (optimiser, average) = try withTorchErrors {
      let average = config.average > 0 ? noGrad { MovingAverage(objective.trained, decay: config.average) } : nil
      return (AdamW(objective.trained, config.optimiser), average)
    }
    guard let checkpoint else { return }
    let state = try RunState<Goal.Settings>(checkpoint)
    try withTorchErrors {
      try objective.restore(state, from: checkpoint)
      try generator.restore(Tensor([UInt8](state.generator)))
      try CheckpointFiles.restore(optimiser, average, steps: state.step, from: checkpoint.url)
    }
    step = state.step
  }

  /// Does the next step; nil when all are done. One number pair, loss and norm, is read back from the device.
  /// - Throws: `TrainingError.notFinite` before anything is changed by it; what the objective and writing a checkpoint throw.
  public func next() throws -> StepReport? {
    guard step < config.steps else { return nil }
    let began = ContinuousClock.now
    let scale = config.schedule.factor(step, of: config.steps)
    var (loss, norm) = (0.0, 0.0)
    try withTorchErrors {
      let found = try objective.accumulate(step, generator).figure
      try optimiser.step(scale: scale) { length in
        let read = stacked([found, length.figure]).array(of: Double.self)
        (loss, norm) = (read.first ?? .nan, read.last ?? .nan)
        for (value, what) in [(loss, "the loss"), (norm, "the gradients' norm")] where !value.isFinite {
          let last = try folder.checkpoints().last
          throw TrainingError.notFinite(what: what, step: step + 1, lastGood: last?.url.path(percentEncoded: false))
        }
      }
      average?.update(objective.trained)
    }
    step += 1
    let measured = objective.isMeasured(after: step, config) ? try measure() : nil
    let checkpoint = step == config.steps || step.isMultiple(of: config.saveEvery) ? try save() : nil
    let seconds = (ContinuousClock.now - began) / .seconds(1)
    let metrics = TrainingMetrics(
      step: step, loss: loss, learningRate: config.optimiser.learningRate * scale, gradientNorm: norm, secondsPerStep: seconds,
      secondsLeft: seconds * Double(config.steps - step), measured: measured)
    return StepReport(metrics: metrics, checkpoint: checkpoint)
  }

  /// The objective's figures with averaged weights.
  public func measure() throws -> [String: Double] { try withAverages { try withTorchErrors { try objective.measure() } } }

  /// Runs `body` while the trained tensors are their averages, which are what is used after a run.
  /// - Throws: what `body` throws; `TorchError`.
  public func withAverages<Result>(_ body: () throws -> Result) throws -> Result {
    guard let average else { return try body() }
    let trained = objective.trained
    func fill(_ values: [Tensor?]) throws {
      try computed { for case (let one, let value?) in zip(trained, values) { one.assign(value) } }
    }
    let masters = try computed { trained.map { $0.tensor.detach().clone() } }
    try fill(trained.map { average.tensors[$0.name] })
    let outcome = Swift.Result { try body() }
    try fill(masters)
    return try outcome.get()
  }

  /// Writes a checkpoint of now.
  /// - Throws: `CheckpointError` such as a full disk; the checkpoints there stay as they are.
  @discardableResult
  public func save() throws -> RunFolder.Checkpoint? {
    let state = RunState(
      step: step, config: config, generator: Data(try withTorchErrors { try generator.state().array(of: UInt8.self) }),
      position: try objective.position(), health: try objective.health())
    try folder.write(step: step, keeping: config.keepLast) { place in
      try withTorchErrors {
        try objective.write(averages: average?.tensors, step: step, to: place)
        try CheckpointFiles.write(optimiser, average, to: place)
      }
      try state.write(to: place)
    }
    return try folder.checkpoints().last
  }
}
