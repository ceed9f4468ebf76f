import Foundation
import LoRWeBAdapters
import LoRWeBModels

extension TrainingRun where Goal == BasisObjective {
  public var transformer: FluxTransformer { objective.transformer }
  public var basis: LoRABasis { objective.basis }

  /// Begins a run that trains a basis.
  ///
  /// - Throws: `TrainingError.badRun` if the folder holds one already; `TorchError`.
  public convenience init(
    _ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, data: TrainingData, folder: RunFolder
  ) throws {
    let objective = try BasisObjective(config, transformer: transformer, basis: basis, data: data)
    try self.init(config, objective, folder: folder)
  }

  /// Goes on from a checkpoint. `config` may differ from the checkpoint's, which is then no longer the same run.
  ///
  /// - Throws: `TrainingError.badRun`; what reading its files throws.
  public convenience init(
    resuming checkpoint: RunFolder.Checkpoint, config: TrainingConfig? = nil, transformer: FluxTransformer,
    data: TrainingData, folder: RunFolder
  ) throws {
    let config = try config ?? RunState<TrainingConfig>(checkpoint).config
    let basis = try LoRABasis.trainable(
      from: checkpoint.url.appending(path: CheckpointFiles.masters), device: transformer.device)
    let objective = try BasisObjective(config, transformer: transformer, basis: basis, data: data)
    try self.init(config, objective, folder: folder, resuming: checkpoint)
  }

  /// Parameters, tokens and memory, for samples of that many tokens (text, target and context).
  public func sizes(tokens: Int) -> TrainingSizes {
    TrainingSizes(config, transformer: transformer, basis: basis, tokens: tokens)
  }
}
