import LoRWeBPictures

/// What gives outputs values: a measure of pictures, a network, a service, a person.
///
/// It sees the outputs of all methods for an item at once, so that it prepares once what they are held against, and can set them
/// against each other.
public protocol Judge: Sendable {
  /// The columns it may fill, in the order they have in tables; they never change.
  var columns: [Column] { get }

  /// Judges what the methods made of an item.
  ///
  /// - Returns: a verdict an output, in the outputs' order; what can't be measured is left out of it.
  /// - Throws: what ends the evaluation.
  func judge(_ outputs: [MethodOutput], of item: EvaluationItem) async throws -> [Verdict]
}

/// The values of one output.
public typealias Verdict = [Column: Double]

/// A picture and what made it.
public struct MethodOutput: Sendable {
  /// The method's name in tables, such as `copy b`.
  public let method: String
  /// Its b′.
  public let picture: Picture

  /// Checks nothing.
  public init(method: String, picture: Picture) {
    (self.method, self.picture) = (method, picture)
  }
}
