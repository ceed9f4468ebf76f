import LoRWeBModels
import LoRWeBPictures

/// The pictures of one item: an analogy with its answer, and what other tasks make of the same b.
public struct EvaluationItem: Sendable {
  /// A group of tasks, nil if tasks aren't grouped.
  public var family: String?
  /// The edit.
  public var task: String
  /// A name of its own within the task.
  public var name: String
  /// The example before and after the edit.
  public var a, aPrime: Picture
  /// The picture to edit, and its true edit.
  public var b, bPrime: Picture
  /// The true b′ of other tasks, of b's size; empty leaves identification out. The caller fixes which, and passes
  /// these through the same autoencoder as the outputs, so that its traces tell nothing.
  public var others: [Picture]

  /// Checks nothing.
  public init(
    family: String? = nil, task: String, name: String, a: Picture, aPrime: Picture, b: Picture, bPrime: Picture,
    others: [Picture] = []
  ) {
    (self.family, self.task, self.name, self.others) = (family, task, name, others)
    (self.a, self.aPrime, self.b, self.bPrime) = (a, aPrime, b, bPrime)
  }
}

/// Measures outputs; knows pictures only, not what made them.
public struct Evaluator {
  private let models: MetricModels?
  private let ownEncoder: DirectionEncoder?

  /// - Parameters:
  ///   - models: nil leaves the perceptual measures out.
  ///   - ownEncoder: the edited model's image encoder, whose direction stands beside the independent one.
  public init(models: MetricModels?, ownEncoder: DirectionEncoder? = nil) {
    self.models = models
    self.ownEncoder = ownEncoder
  }

  /// All that can be measured of a method's output for an item.
  ///
  /// - Parameter decodedAnswer: the true b′ once through the output's autoencoder, which identification compares with as it does
  ///   with `others`; nil takes the item's `bPrime`. Every other measure compares with the item's `bPrime`.
  /// - Throws: `EvaluationError` for pictures whose sizes differ; what the networks throw.
  public func score(
    _ output: Picture, by method: String, for item: EvaluationItem, decodedAnswer: Picture? = nil
  ) throws -> ItemScore {
    var values = try plainValues(of: output, for: item)
    if let models {
      values[.perceptualDistance] = try models.perceptual.distance(output, item.bPrime)
      values[.direction] = try similarity(of: output, for: item, by: models.encoder)
      if !item.others.isEmpty {
        var decoded = item
        decoded.bPrime = decodedAnswer ?? item.bPrime
        values[.identification] = try identification(of: output, for: decoded, by: models).isRight ? 1 : 0
      }
    }
    if let ownEncoder { values[.ownDirection] = try similarity(of: output, for: item, by: ownEncoder) }
    return ItemScore(method: method, family: item.family, task: item.task, item: item.name, values: values)
  }

  /// The distances behind `Measure.identification`.
  ///
  /// - Throws: `EvaluationError.noOthers`; `ModelError` for pictures of different sizes; `TorchError`.
  public func identification(
    of output: Picture, for item: EvaluationItem, by models: MetricModels
  ) throws -> Identification {
    let distances = try models.perceptual.distances(from: output, to: [item.bPrime] + item.others)
    return try Identification(
      own: distances[0], others: Array(distances.dropFirst()), task: item.task, item: item.name)
  }

  private func plainValues(of output: Picture, for item: EvaluationItem) throws -> [Measure: Double] {
    let changed = try ChangedPixels(from: item.b, to: item.bPrime)
    let structure = try StructuralSimilarity(output, item.bPrime)
    let error = try meanSquaredError(output, to: item.bPrime)
    let changedError = try meanSquaredError(output, to: item.bPrime, on: changed)
    var values: [Measure: Double] = [:]
    values[.squaredError] = error
    values[.signalToNoise] = error.flatMap(peakSignalToNoise)
    values[.structure] = structure.mean
    values[.changedSquaredError] = changedError
    values[.changedSignalToNoise] = changedError.flatMap(peakSignalToNoise)
    values[.changedStructure] = try structure.mean(on: changed)
    return values
  }

  private func similarity(of output: Picture, for item: EvaluationItem, by encoder: DirectionEncoder) throws -> Double? {
    try encoder.similarity(a: item.a, aPrime: item.aPrime, b: item.b, bPrime: output)
  }
}
