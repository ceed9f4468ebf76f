/// Whether an output is recognised as its own task's: nearer to its true b′ than to what other tasks would have made of the same b.
public struct Identification: Equatable, Sendable {
  /// The distance to its own task's true b′.
  public let own: Double
  /// The distances to the other tasks' true b′.
  public let others: [Double]

  /// - Throws: `EvaluationError.noOthers`.
  init(own: Double, others: [Double], task: String, item: String) throws {
    guard !others.isEmpty else { throw EvaluationError.noOthers(task: task, item: item) }
    self.own = own
    self.others = others
  }

  /// A tie, as between two tasks that do the same to b, is not right.
  public var isRight: Bool { others.allSatisfy { own < $0 } }
  /// How often a guess is right: 12.5 % with seven others.
  public var chance: Double { 1 / Double(others.count + 1) }
}
