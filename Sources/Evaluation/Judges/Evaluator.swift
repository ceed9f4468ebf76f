/// Judges, one after another; knows pictures only, not what made them.
public struct Evaluator: Sendable {
  private let judges: [any Judge]
  /// All judges', in their order.
  public let columns: [Column]

  /// - Throws: `EvaluationError.calledTwice` for judges that would write over each other's values.
  public init(_ judges: [any Judge]) throws {
    self.judges = judges
    columns = judges.flatMap(\.columns)
    var seen: Set<String> = []
    for column in columns where !seen.insert(column.key).inserted { throw EvaluationError.calledTwice("columns", column.key) }
  }

  /// All that can be said of the methods' outputs for an item, a score an output.
  /// - Throws: `EvaluationError.badVerdict` for a judge that doesn't keep to its columns; what judges throw.
  public func scores(of outputs: [MethodOutput], for item: EvaluationItem) async throws -> [ItemScore] {
    var values = [Verdict](repeating: [:], count: outputs.count)
    for judge in judges {
      try Task.checkCancellation()
      let verdicts = try await judge.judge(outputs, of: item)
      try check(verdicts, of: judge, for: outputs)
      for (place, verdict) in verdicts.enumerated() { values[place].merge(verdict) { $1 } }
    }
    return zip(outputs, values).map { output, values in
      ItemScore(method: output.method, family: item.family, task: item.task, item: item.name, values: values)
    }
  }

  /// One bad number would be found when the table is written, after everything was made.
  private func check(_ verdicts: [Verdict], of judge: any Judge, for outputs: [MethodOutput]) throws {
    func refused(_ problem: String) -> EvaluationError {
      .badVerdict(judge: judge.columns.map(\.key).joined(separator: ", "), problem: problem)
    }
    guard verdicts.count == outputs.count else {
      throw refused("it gave \(verdicts.count) verdicts on \(outputs.count) outputs")
    }
    for (output, verdict) in zip(outputs, verdicts) {
      for (column, value) in verdict {
        guard judge.columns.contains(column) else {
          throw refused("it gave \(output.method) a value in the column \(column.key), which isn't its own")
        }
        guard value.isFinite else { throw refused("it gave \(output.method) \(value) in the column \(column.key)") }
      }
    }
  }
}
