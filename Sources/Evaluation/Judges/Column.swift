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

  /// Checks nothing.
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
