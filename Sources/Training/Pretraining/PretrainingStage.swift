import Foundation
import LoRWeBTorch

/// A model's own parameters as what a run learns: how a step's gradients are found, and what says how far it has got.
public struct PretrainingStage: Objective {
  public let trained: [TrainedTensor]
  private let gradients: (_ step: Int, _ generator: Generator) throws -> Tensor
  private let figures: () throws -> [String: Double]

  /// `accumulate` and `measure` are the objective's; the loss may have its history.
  public init(
    trained: [TrainedTensor], accumulate: @escaping (Int, Generator) throws -> Tensor,
    measure: @escaping () throws -> [String: Double]
  ) {
    (self.trained, gradients, figures) = (trained, accumulate, measure)
  }

  public func accumulate(_ step: Int, _ generator: Generator) throws -> Tensor { try gradients(step, generator).detach() }

  public func isMeasured(after step: Int, _ settings: PretrainingConfig) -> Bool {
    step == settings.steps || step.isMultiple(of: settings.measureEvery)
  }

  public func measure() throws -> [String: Double] { try figures() }

  public func restore(_ state: RunState<PretrainingConfig>, from checkpoint: RunFolder.Checkpoint) throws {
    try CheckpointFiles.restore(trained, from: checkpoint.url)
  }

  public func write(averages: [String: Tensor]?, step: Int, to folder: URL) throws {
    try CheckpointFiles.write(trained, to: folder)
  }
}
