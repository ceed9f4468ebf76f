import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// A basis learned on a frozen transformer from analogies.
public final class BasisObjective: Objective {
  public let trained: [TrainedTensor]
  public let transformer: FluxTransformer
  public var basis: LoRABasis { computation.basis }
  private let config: TrainingConfig
  private let computation: TrainingStep
  private let data: TrainingData
  private var gauge = RoutingGauge()

  /// - Parameter basis: where the transformer is.
  /// - Throws: `AdapterError.doesNotFitBase`, `TorchError`.
  public init(_ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, data: TrainingData) throws {
    (self.config, self.transformer, self.data) = (config, transformer, data)
    computation = try TrainingStep(config, transformer: transformer, basis: basis)
    trained = try withTorchErrors { TrainedTensor.of(basis, config.learn) }
  }

  public func accumulate(_ step: Int, _ generator: Generator) throws -> Tensor {
    let matrices = try withTorchErrors { computation.laidOut() }
    let losses = try (0..<config.accumulate).map { _ in
      let batch = try data.next(config.batch, generator).to(transformer.device)
      let draw = NoiseDraw(config.noise, for: batch.target, generator: generator)
      let outcome = try computation.accumulate(batch, draw, share: 1 / Double(config.accumulate), on: matrices)
      gauge.take(outcome.coefficients)
      return outcome.loss / Double(config.accumulate)
    }
    return losses.dropFirst().reduce(losses.first ?? .zeros([]), +)
  }

  public func position() throws -> Data? { try data.position() }
  public func health() throws -> RouterHealth? { try gauge.health() }

  /// The basis is the checkpoint's from the beginning (`LoRABasis.trainable`), since not all of it may learn.
  public func restore(_ state: RunState<TrainingConfig>, from checkpoint: RunFolder.Checkpoint) throws {
    gauge = RoutingGauge(state.health)
    try data.restore(state.position ?? Data())
  }

  public func write(averages: [String: Tensor]?, step: Int, to folder: URL) throws {
    try CheckpointFiles.write(basis, averages: averages, step: step, to: folder)
  }
}

extension TrainingRun where Goal == BasisObjective {
  public var transformer: FluxTransformer { objective.transformer }
  public var basis: LoRABasis { objective.basis }

  /// Begins a run that trains a basis.
  /// - Throws: `TrainingError.badRun` if the folder holds one already; `TorchError`.
  public convenience init(
    _ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, data: TrainingData, folder: RunFolder,
    resuming checkpoint: RunFolder.Checkpoint? = nil
  ) throws {
    let objective = try BasisObjective(config, transformer: transformer, basis: basis, data: data)
    try self.init(config, objective, folder: folder, resuming: checkpoint)
  }

  /// Goes on from a checkpoint. `config` may differ from the checkpoint's, which is then no longer the same run.
  /// - Throws: `TrainingError.badRun`; what reading its files throws.
  public convenience init(
    resuming checkpoint: RunFolder.Checkpoint, config: TrainingConfig? = nil, transformer: FluxTransformer,
    data: TrainingData, folder: RunFolder
  ) throws {
    let config = try config ?? RunState<TrainingConfig>(checkpoint).config
    let basis = try LoRABasis.trainable(
      from: checkpoint.url.appending(path: CheckpointFiles.masters), device: transformer.device)
    try self.init(config, transformer: transformer, basis: basis, data: data, folder: folder, resuming: checkpoint)
  }
}

extension FluxTransformer {
  var device: Device { registry.parameters.first?.tensor.device ?? .cpu }
}
