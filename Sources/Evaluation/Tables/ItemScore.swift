/// The values of one method's output for one item.
public struct ItemScore: Codable, Equatable, Sendable {
  /// What made the output, such as `copy b`.
  public var method: String
  /// A group of tasks, nil if tasks aren't grouped.
  public var family: String?
  /// The edit.
  public var task: String
  /// The pictures, by a name of their own within the task.
  public var item: String
  /// By the columns' keys. Only what could be measured: no changed pixels, no weights or a zero difference leave keys out.
  public var values: [String: Double]

  /// Checks nothing.
  public init(method: String, family: String? = nil, task: String, item: String, values: Verdict) {
    (self.method, self.family, self.task, self.item) = (method, family, task, item)
    self.values = values.reduce(into: [:]) { $0[$1.key.key] = $1.value }
  }

  /// The value in a column, nil if there is none.
  public subscript(column: Column) -> Double? { values[column.key] }
}
