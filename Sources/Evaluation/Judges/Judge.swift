import LoRWeBPictures

/// What gives outputs values: a measure of pictures, a network, a service, a person. It sees the outputs of all methods for an
/// item at once, so that it prepares once what they are held against, and can set them against each other.
public protocol Judge: Sendable {
  /// The columns it may fill, in the order they have in tables; they never change.
  var columns: [Column] { get }

  /// Judges what the methods made of an item.
  /// - Returns: a verdict an output, in the outputs' order; what can't be measured is left out of it.
  /// - Throws: what ends the evaluation.
  func judge(_ outputs: [MethodOutput], of item: EvaluationItem) async throws -> [Verdict]
}

/// The values of one output.
public typealias Verdict = [Column: Double]

public struct MethodOutput: Sendable {
  /// The method's name in tables, such as `copy b`.
  public let method: String
  public let picture: Picture

  public init(method: String, picture: Picture) { (self.method, self.picture) = (method, picture) }
}

/// A column of values; every judge has its own.
public struct Column: Hashable, Sendable {
  /// Which of two values is the better one.
  public enum Better: Hashable, Sendable { case lower, higher }

  /// The name among an item's values in JSON.
  public let key: String
  /// What stands over it in a table, without the direction.
  public let name: String
  /// nil for a column that is only known by its key.
  public let better: Better?
  /// Digits after the point in a table.
  public let digits: Int
  /// Values are shares of trials, 0 to 1, so that the mean's interval is Wilson's.
  public let isShare: Bool

  public init(_ key: String, name: String, better: Better?, digits: Int = 3, isShare: Bool = false) {
    (self.key, self.name, self.better, self.digits, self.isShare) = (key, name, better, digits, isShare)
  }

  /// The heading in a table, with the direction in which it is better.
  public var heading: String {
    switch better {
    case .lower: "\(name) ↓"
    case .higher: "\(name) ↑"
    case nil: name
    }
  }

  /// The library's own, in the order they have in tables.
  public static let known = PictureJudge.all + PerceptualJudge.all + [.direction, .ownDirection]
}
