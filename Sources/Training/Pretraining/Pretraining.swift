import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A run that trains a model's own parameters: steps on demand, checkpoints, exact resume as for `TrainingRun`.
public final class Pretraining {
  /// What one step did.
  public struct Report: Encodable, Sendable {
    /// Steps done, this one included.
    public let step: Int
    public let loss: Double
    public let learningRate: Double
    /// Of all gradients before clipping.
    public let gradientNorm: Double
    public let seconds: Double
    /// Figures of the averaged weights on what isn't learned from, at the steps at which they are taken.
    public let measured: [String: Double]?
  }

  public let config: PretrainingConfig
  public let folder: RunFolder
  /// Steps done.
  public private(set) var step = 0
  private let stage: PretrainingStage
  private let optimiser: AdamW
  private let average: MovingAverage?
  private let generator: Generator

  /// Begins a run, or goes on from a checkpoint of one with the same parameters.
  ///
  /// - Throws: `TrainingError.badRun`; what reading a checkpoint throws; `TorchError`.
  public init(
    _ config: PretrainingConfig, stage: PretrainingStage, folder: RunFolder, resuming checkpoint: RunFolder.Checkpoint? = nil
  ) throws {
    if checkpoint == nil, let last = try folder.checkpoints().last {
      throw TrainingError.badRun(
        folder: folder.url.path(percentEncoded: false),
        problem: "it holds a run of \(last.step) steps already, which can be resumed")
    }
    try folder.make()
    (self.config, self.stage, self.folder) = (config, stage, folder)
    generator = try Generator(seed: config.seed)
    average = try withTorchErrors {
      config.average > 0 ? noGrad { MovingAverage(stage.trained, decay: config.average) } : nil
    }
    optimiser = try withTorchErrors { AdamW(stage.trained, config.optimiser) }
    if let checkpoint { try restore(checkpoint) }
  }

  private func restore(_ checkpoint: RunFolder.Checkpoint) throws {
    let state = try PretrainingState(checkpoint)
    let masters = checkpoint.url.appending(path: CheckpointFiles.masters)
    try withTorchErrors {
      try noGrad {
        let source = try CheckpointSource(masters)
        for one in stage.trained { one.assign(try CheckpointFiles.copy(one.name, like: one.tensor, source)) }
      }
      try generator.restore(Tensor([UInt8](state.generator)))
      try CheckpointFiles.restore(optimiser, average, steps: state.step, from: checkpoint.url)
    }
    step = state.step
  }

  /// Does the next step; nil when all are done.
  ///
  /// - Throws: `TrainingError.notFinite` before anything is changed by it; what the stage and writing a checkpoint throw.
  public func next() throws -> Report? {
    guard step < config.steps else { return nil }
    let began = ContinuousClock.now
    let scale = config.schedule.factor(step, of: config.steps)
    let (loss, norm) = try withTorchErrors {
      let loss = try stage.accumulate(step, generator)
      try checkFinite(loss, "the loss")
      let norm = try optimiser.step(scale: scale) { try checkFinite($0, "the gradients' norm") }
      average?.update(stage.trained)
      return (loss, norm)
    }
    step += 1
    let isLast = step == config.steps
    let measured = isLast || step.isMultiple(of: config.measureEvery) ? try measure() : nil
    if isLast || step.isMultiple(of: config.saveEvery) { try save() }
    return Report(
      step: step, loss: loss, learningRate: config.optimiser.learningRate * scale, gradientNorm: norm,
      seconds: (ContinuousClock.now - began) / .seconds(1), measured: measured)
  }

  /// The stage's figures with averaged weights.
  public func measure() throws -> [String: Double] { try withAverages { try withTorchErrors { try stage.measure() } } }

  /// Runs `body` while the parameters are their averages, which are what is used after a run.
  ///
  /// - Throws: what `body` throws; `TorchError`.
  public func withAverages<Result>(_ body: () throws -> Result) throws -> Result {
    guard let average else { return try body() }
    func fill(_ value: (TrainedTensor) -> Tensor?) throws {
      try withTorchErrors {
        noGrad {
          for one in stage.trained {
            if let tensor = value(one) { one.assign(tensor) }
          }
        }
      }
    }
    let masters = try withTorchErrors { noGrad { stage.trained.map { $0.tensor.detach().clone() } } }
    let kept = Dictionary(uniqueKeysWithValues: zip(stage.trained.map(\.name), masters))
    try fill { average.tensors[$0.name] }
    let outcome = Swift.Result { try body() }
    try fill { kept[$0.name] }
    return try outcome.get()
  }

  private func checkFinite(_ value: Double, _ what: String) throws {
    guard !value.isFinite else { return }
    throw TrainingError.notFinite(
      what: what, step: step + 1, lastGood: try folder.checkpoints().last?.url.path(percentEncoded: false))
  }

  /// Writes a checkpoint of now.
  ///
  /// - Throws: `CheckpointError` such as a full disk; the checkpoints there stay as they are.
  public func save() throws {
    let generatorState = Data(try withTorchErrors { try generator.state().array(of: UInt8.self) })
    let state = PretrainingState(step: step, config: config, generator: generatorState)
    try folder.write(step: step, keeping: config.keepLast) { place in
      try withTorchErrors {
        try CheckpointFiles.write(stage.trained, to: place.appending(path: CheckpointFiles.masters))
        try CheckpointFiles.write(optimiser, average, to: place)
      }
      try state.write(to: place)
    }
  }
}
