import LoRWeBTorch

/// What a run of pre-training learns, how a step's gradients are found, and what says how far it has got.
public struct PretrainingStage {
  /// The parameters that learn.
  public let trained: [TrainedTensor]
  /// Adds a step's gradients; gives its loss. Everything random is drawn from the generator or follows from the step.
  public let accumulate: (_ step: Int, _ generator: Generator) throws -> Double
  /// Figures on what isn't learned from, by name.
  public let measure: () throws -> [String: Double]

  public init(
    trained: [TrainedTensor], accumulate: @escaping (Int, Generator) throws -> Double,
    measure: @escaping () throws -> [String: Double]
  ) {
    (self.trained, self.accumulate, self.measure) = (trained, accumulate, measure)
  }

  /// Numbers that learn.
  public var parameterCount: Int { trained.reduce(0) { $0 + $1.tensor.shape.reduce(1, *) } }
}
