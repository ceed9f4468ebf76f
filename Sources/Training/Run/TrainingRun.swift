import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A run: steps on demand, a checkpoint now and then, and the way back into an interrupted one.
///
/// A continued run gives, byte for byte, the weights of one that was never interrupted, on the same machine with as many threads.
public final class TrainingRun {
  /// What one step did.
  public struct Report {
    /// Steps done, this one included.
    public let step: Int
    /// Mean over the batches of the step.
    public let loss: Double
    public let learningRate: Double
    /// Of all gradients before clipping.
    public let gradientNorm: Double
    public let seconds: Double
    /// The checkpoint written after this step.
    public let checkpoint: RunFolder.Checkpoint?
  }

  public let config: TrainingConfig
  public let folder: RunFolder
  /// Steps done.
  public private(set) var step = 0
  public private(set) var health = RouterHealth()
  public var transformer: FluxTransformer { computation.transformer }
  public var basis: LoRABasis { computation.basis }
  private let computation: TrainingStep
  private let data: TrainingData
  private let optimiser: AdamW
  private let average: MovingAverage?
  private let generator: Generator

  /// Begins a run.
  ///
  /// - Throws: `TrainingError.badRun` if the folder holds one already; `TorchError`.
  public convenience init(
    _ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, data: TrainingData, folder: RunFolder
  ) throws {
    if let last = try folder.checkpoints().last {
      throw TrainingError.badRun(
        folder: folder.url.path(percentEncoded: false),
        problem: "it holds a run of \(last.step) steps already, which can be resumed")
    }
    try self.init(config: config, transformer: transformer, basis: basis, data: data, folder: folder)
  }

  /// Goes on from a checkpoint. `config` may differ from the checkpoint's, which is then no longer the same run.
  ///
  /// - Throws: `TrainingError.badRun`; what reading its files throws.
  public convenience init(
    resuming checkpoint: RunFolder.Checkpoint, config: TrainingConfig? = nil, transformer: FluxTransformer,
    data: TrainingData, folder: RunFolder
  ) throws {
    let state = try RunState(checkpoint)
    let basis = try CheckpointFiles.basis(from: checkpoint.url.appending(path: CheckpointFiles.masters))
    try self.init(config: config ?? state.config, transformer: transformer, basis: basis, data: data, folder: folder)
    (step, health) = (state.step, state.health)
    try withTorchErrors {
      let generatorState = Tensor([UInt8](state.generator))
      try generator.restore(generatorState)
      try CheckpointFiles.restore(optimiser, average, steps: state.step, from: checkpoint.url)
    }
    try data.restore(state.position)
  }

  private init(
    config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, data: TrainingData, folder: RunFolder
  ) throws {
    try folder.make()
    (self.config, self.data, self.folder) = (config, data, folder)
    computation = try TrainingStep(config, transformer: transformer, basis: basis)
    generator = try Generator(seed: config.seed)
    (optimiser, average) = try withTorchErrors {
      let trained = TrainedTensor.of(basis, config.learn)
      let average = config.average > 0 ? noGrad { MovingAverage(trained, decay: config.average) } : nil
      return (AdamW(trained, config.optimiser), average)
    }
  }

  /// Parameters, tokens and memory, for samples of that many tokens (text, target and context).
  public func sizes(tokens: Int) -> TrainingSizes {
    TrainingSizes(config, transformer: computation.transformer, basis: basis, tokens: tokens)
  }

  /// Does the next step; nil when all are done.
  ///
  /// - Throws: `TrainingError.notFinite` before anything is changed by it; what the data, the step and writing a checkpoint throw.
  public func next() throws -> Report? {
    guard step < config.steps else { return nil }
    let began = ContinuousClock.now
    let scale = config.schedule.factor(step, of: config.steps)
    let (loss, norm) = try withTorchErrors {
      var loss = 0.0
      for _ in 0..<config.accumulate { loss += try accumulate() / Double(config.accumulate) }
      let norm = try optimiser.step(scale: scale) { try checkFinite($0, "the gradients' norm") }
      average?.update(optimiser.trained)
      return (loss, norm)
    }
    step += 1
    let isSaved = step.isMultiple(of: config.saveEvery) || step == config.steps
    let checkpoint = isSaved ? try save() : nil
    return Report(
      step: step, loss: loss, learningRate: config.optimiser.learningRate * scale, gradientNorm: norm,
      seconds: (ContinuousClock.now - began) / .seconds(1), checkpoint: checkpoint)
  }

  /// One batch's gradients; gives its loss.
  private func accumulate() throws -> Double {
    let batch = try data.next(config.batch, generator)
    let draw = NoiseDraw(config.noise, for: batch.target, generator: generator)
    let outcome = try computation.accumulate(batch, draw, share: 1 / Double(config.accumulate))
    try checkFinite(outcome.loss, "the loss")
    health.take(outcome.coefficients)
    return outcome.loss
  }

  private func checkFinite(_ value: Double, _ what: String) throws {
    guard !value.isFinite else { return }
    throw TrainingError.notFinite(
      what: what, step: step + 1, lastGood: try folder.checkpoints().last?.url.path(percentEncoded: false))
  }

  /// Writes a checkpoint of now.
  ///
  /// - Throws: `CheckpointError` such as a full disk; the checkpoints there stay as they are.
  @discardableResult
  public func save() throws -> RunFolder.Checkpoint? {
    let state = RunState(
      step: step, config: config, generator: Data(try withTorchErrors { try generator.state().array(of: UInt8.self) }),
      position: try data.position(), health: health)
    try folder.write(step: step, keeping: config.keepLast) { place in
      try withTorchErrors { try CheckpointFiles.write(basis, optimiser, average, step: step, to: place) }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
      try encoder.encode(state).writeDurably(to: place.appending(path: RunState.file))
    }
    return try folder.checkpoints().last
  }
}
