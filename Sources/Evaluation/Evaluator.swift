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

  /// What outputs for an item are measured against; the networks look at its pictures once for all methods.
  ///
  /// - Parameter decodedAnswer: the true b′ once through the output's autoencoder, which identification compares with as it does
  ///   with `others`; nil takes the item's `bPrime`. Every other measure compares with the item's `bPrime`.
  /// - Throws: `EvaluationError` for pictures whose sizes differ; what the networks throw.
  public func references(of item: EvaluationItem, decodedAnswer: Picture? = nil) throws -> ItemReferences {
    func example(_ encoder: DirectionEncoder?) throws -> DirectionEncoder.Example? {
      try encoder?.example(a: item.a, aPrime: item.aPrime, b: item.b)
    }
    return ItemReferences(
      item: item, changed: try ChangedPixels(from: item.b, to: item.bPrime),
      answers: try models?.perceptual.features(of: [item.bPrime, decodedAnswer ?? item.bPrime] + item.others),
      direction: try example(models?.encoder), ownDirection: try example(ownEncoder))
  }

  /// All that can be measured of a method's output.
  ///
  /// - Throws: as `references`.
  public func score(_ output: Picture, by method: String, against references: ItemReferences) throws -> ItemScore {
    let item = references.item
    var values = try plainValues(of: output, against: references)
    if let models, let answers = references.answers, let direction = references.direction {
      let distances = try models.perceptual.distances(from: output, to: answers)
      values[.perceptualDistance] = distances[0]
      values[.direction] = try models.encoder.similarity(of: output, to: direction)
      // A tie, as between two tasks that do the same to b, is not right.
      if !item.others.isEmpty { values[.identification] = distances.dropFirst(2).allSatisfy { distances[1] < $0 } ? 1 : 0 }
    }
    if let ownEncoder, let direction = references.ownDirection {
      values[.ownDirection] = try ownEncoder.similarity(of: output, to: direction)
    }
    return ItemScore(method: method, family: item.family, task: item.task, item: item.name, values: values)
  }

  private func plainValues(of output: Picture, against references: ItemReferences) throws -> [Measure: Double] {
    let (truth, changed) = (references.item.bPrime, references.changed)
    let structure = try StructuralSimilarity(output, truth)
    let error = try meanSquaredError(output, to: truth)
    let changedError = try meanSquaredError(output, to: truth, on: changed)
    var values: [Measure: Double] = [:]
    values[.squaredError] = error
    values[.signalToNoise] = error.flatMap(peakSignalToNoise)
    values[.structure] = structure.mean
    values[.changedSquaredError] = changedError
    values[.changedSignalToNoise] = changedError.flatMap(peakSignalToNoise)
    values[.changedStructure] = try structure.mean(on: changed)
    return values
  }
}

/// What an item's outputs are measured against.
public struct ItemReferences {
  let item: EvaluationItem
  let changed: ChangedPixels
  /// b′, then what identification asks about: b′ as the autoencoder gives it, and the others. Nil without the metrics' weights.
  let answers: ShiftTolerantLPIPS.Features?
  /// By the independent encoder, and by the edited model's own.
  let direction, ownDirection: DirectionEncoder.Example?
}
