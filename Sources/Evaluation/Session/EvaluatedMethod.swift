import LoRWeBPictures

/// A row of an evaluation: something that has a b′ for an item.
public protocol EvaluatedMethod: Sendable {
  var name: String { get }
  /// Its b′, of the item's size, before details are carried.
  /// - Throws: what ends the evaluation.
  func output(for item: EvaluationItem) async throws -> Picture
}

/// A method that makes its b′ when it is asked.
public struct MakingMethod: EvaluatedMethod {
  public let name: String
  private let make: @Sendable (EvaluationItem) async throws -> Picture

  public init(_ name: String, _ make: @escaping @Sendable (EvaluationItem) async throws -> Picture) {
    (self.name, self.make) = (name, make)
  }

  public func output(for item: EvaluationItem) async throws -> Picture { try await make(item) }

  public static func copy(_ name: String) -> MakingMethod { MakingMethod(name) { $0.b } }

  public static func colorMap(_ name: String) -> MakingMethod {
    MakingMethod(name) { try ColorMap(from: $0.a, to: $0.aPrime)($0.b) }
  }

  /// The true b′, through the outputs' autoencoder if they have one: the best a method could do.
  public static func truth(_ name: String) -> MakingMethod { MakingMethod(name) { $0.decodedAnswer ?? $0.bPrime } }
}
