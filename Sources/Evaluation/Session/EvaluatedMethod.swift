import LoRWeBPictures

/// A row of an evaluation: something that has a b′ for an item.
public protocol EvaluatedMethod: Sendable {
  /// The row's name in tables.
  var name: String { get }
  /// Its b′, of the item's size, before details are carried.
  ///
  /// - Throws: what ends the evaluation.
  func output(for item: EvaluationItem) async throws -> Picture
}

/// b as it is.
public struct CopyMethod: EvaluatedMethod {
  public let name: String

  public init(name: String) {
    self.name = name
  }

  public func output(for item: EvaluationItem) -> Picture { item.b }
}

/// The classical analogy.
public struct ColorMapMethod: EvaluatedMethod {
  public let name: String

  public init(name: String) {
    self.name = name
  }

  public func output(for item: EvaluationItem) throws -> Picture { try ColorMap(from: item.a, to: item.aPrime)(item.b) }
}

/// The true b′, through the outputs' autoencoder if they have one: the best a method could do.
public struct TruthMethod: EvaluatedMethod {
  public let name: String

  public init(name: String) {
    self.name = name
  }

  public func output(for item: EvaluationItem) -> Picture { item.decodedAnswer ?? item.bPrime }
}
