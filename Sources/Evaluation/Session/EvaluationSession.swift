/// Items × methods, judged: a row an item, each made when it is asked for. Leaving the loop is all it takes to stop.
///
/// ```swift
/// let session = try EvaluationSession(suite, preparation: PlainPreparation(readsOthers: false), methods: methods, by: evaluator)
/// var table = try ResultTable(title: suite.name, baseline: "copy b", columns: session.columns, scores: [])
/// for try await row in session { try table.add(row.scores) }
/// ```
public struct EvaluationSession: AsyncSequence, Sendable {
  /// An item of which everything is measured: every method's output and its score, in the methods' order.
  public struct Row: Sendable {
    public let item: EvaluationItem
    public let outputs: [MethodOutput]
    public let scores: [ItemScore]
  }

  private let suite: SuiteFolder
  private let preparation: any ItemPreparation
  private let methods: [any EvaluatedMethod]
  private let evaluator: Evaluator
  public var columns: [Column] { evaluator.columns }
  /// What will be measured, in this order.
  public private(set) var items: [SuiteFolder.Item]

  /// - Parameters:
  ///   - items: some of the suite's; nil takes all.
  ///   - preparation: makes what the methods share, once an item.
  /// - Throws: `EvaluationError.calledTwice` for two rows of one name.
  public init(
    _ suite: SuiteFolder, items: [SuiteFolder.Item]? = nil, preparation: any ItemPreparation, methods: [any EvaluatedMethod],
    by evaluator: Evaluator
  ) throws {
    var seen: Set<String> = []
    for method in methods where !seen.insert(method.name).inserted { throw EvaluationError.calledTwice("methods", method.name) }
    (self.suite, self.items, self.preparation) = (suite, items ?? suite.items, preparation)
    (self.methods, self.evaluator) = (methods, evaluator)
  }

  /// What is left to do for someone who kept a table: items that lack a method's score there.
  public func left(after table: ResultTable) -> EvaluationSession {
    var rest = self
    rest.items = items.filter { item in !methods.allSatisfy { table.hasScore(of: $0.name, task: item.task, item: item.name) } }
    return rest
  }

  public func makeAsyncIterator() -> Iterator { Iterator(session: self) }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let session: EvaluationSession
    fileprivate var done = 0

    public mutating func next() async throws -> Row? {
      guard done < session.items.count else { return nil }
      try Task.checkCancellation()
      let row = try await session.row(of: session.items[done])
      done += 1
      return row
    }
  }

  private func row(of listed: SuiteFolder.Item) async throws -> Row {
    let item = try await preparation.item(listed, of: suite)
    var outputs: [MethodOutput] = []
    for method in methods {
      try Task.checkCancellation()
      outputs.append(MethodOutput(method: method.name, picture: try await method.output(for: item)))
    }
    return Row(item: item, outputs: outputs, scores: try await evaluator.scores(of: outputs, for: item))
  }
}
