import LoRWeBPictures

/// An analogy with its answer, and what of it is the same for all methods and judges.
public struct EvaluationItem: Sendable {
  /// A group of tasks, nil if tasks aren't grouped.
  public var family: String?
  public var task: String
  /// A name of its own within the task.
  public var name: String
  /// The change in words, for methods that are told it.
  public var instruction: String
  /// The example before and after the edit; the picture to edit, and its true edit.
  public var a, aPrime, b, bPrime: Picture
  /// The true b′ of other tasks, of b's size; empty leaves identification out. Whoever prepares an item fixes which, and passes
  /// these through the same autoencoder as the outputs, so that its traces tell nothing.
  public var others: [Picture]
  /// The true b′ once through the outputs' autoencoder, which identification compares with as it does with `others`; nil takes
  /// `bPrime`. Every other measure compares with `bPrime`.
  public var decodedAnswer: Picture?

  public init(
    family: String? = nil, task: String, name: String, instruction: String = "", a: Picture, aPrime: Picture, b: Picture,
    bPrime: Picture, others: [Picture] = [], decodedAnswer: Picture? = nil
  ) {
    (self.family, self.task, self.name, self.instruction) = (family, task, name, instruction)
    (self.a, self.aPrime, self.b, self.bPrime) = (a, aPrime, b, bPrime)
    (self.others, self.decodedAnswer) = (others, decodedAnswer)
  }

  /// What tells it from the suite's other items.
  public var id: SuiteFolder.Item.ID { SuiteFolder.Item.ID(task: task, item: name) }

  /// The item with all its pictures brought to one size.
  /// - Throws: `PicturesError` for a size that no picture can have.
  public func resized(to size: PictureSize) throws -> EvaluationItem {
    var item = self
    (item.a, item.aPrime) = (try a.resized(to: size), try aPrime.resized(to: size))
    (item.b, item.bPrime) = (try b.resized(to: size), try bPrime.resized(to: size))
    item.others = try others.map { try $0.resized(to: size) }
    item.decodedAnswer = try decodedAnswer?.resized(to: size)
    return item
  }
}

/// Makes of a suite's item what its methods and judges share, once for all of them.
public protocol ItemPreparation: Sendable {
  /// - Throws: what is wrong with the pictures, in one sentence; what ends the evaluation.
  func item(_ listed: SuiteFolder.Item, of suite: SuiteFolder) async throws -> EvaluationItem
}

/// Without any model: the suite's pictures at the true b′'s own size.
public struct PlainPreparation: ItemPreparation {
  private let readsOthers: Bool

  /// - Parameter readsOthers: false leaves out what only identification looks at.
  public init(readsOthers: Bool) { self.readsOthers = readsOthers }

  public func item(_ listed: SuiteFolder.Item, of suite: SuiteFolder) throws -> EvaluationItem {
    let item = try suite.item(listed, readsOthers: readsOthers)
    return try item.resized(to: item.bPrime.size)
  }
}
