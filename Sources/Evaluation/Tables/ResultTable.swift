import Foundation

/// All scores of an evaluation and what follows from them: first a mean for each task, then the mean of tasks, so that a task
/// with many items weighs no more than one with few.
public struct ResultTable: Codable, Equatable, Sendable {
  public struct Summary: Codable, Equatable, Sendable {
    /// The mean of the tasks' means.
    public let mean: Double
    /// 95 %: Wilson's for shares, with items as trials; a bootstrap over tasks for the rest. nil for a single task.
    public let interval: Interval?
    /// Those with at least one value.
    public let tasks, items: Int
  }

  /// What was evaluated, such as a suite's name.
  public var title: String
  /// The method whose errors the others' are measured by, such as copying b; nil if there is none.
  public let baseline: String?
  public private(set) var scores: [ItemScore] = []
  /// What the judges may have filled, in their order.
  private var judged = Column.known

  /// What judges say of their columns isn't kept in files.
  private enum CodingKeys: String, CodingKey { case title, baseline, scores }

  /// - Parameter columns: the judges'; a value under a key that none of them has stands in a column of that name.
  /// - Throws: `EvaluationError.scoredTwice`.
  public init(title: String, baseline: String? = nil, columns: [Column] = Column.known, scores: [ItemScore]) throws {
    (self.title, self.baseline, judged) = (title, baseline, columns)
    try add(scores)
  }

  /// - Throws: `EvaluationError.scoredTwice`; those before are in the table then.
  public mutating func add(_ scores: [ItemScore]) throws {
    for score in scores {
      guard !hasScore(of: score.method, task: score.task, item: score.item) else {
        throw EvaluationError.scoredTwice(method: score.method, task: score.task, item: score.item)
      }
      self.scores.append(score)
    }
  }

  public func hasScore(of method: String, task: String, item: String) -> Bool {
    scores.contains { $0.item == item && $0.task == task && $0.method == method }
  }

  /// In the order they were first scored, as families are.
  public var methods: [String] { Self.firstOccurrences(scores.map(\.method)) }
  public var families: [String] { Self.firstOccurrences(scores.compactMap(\.family)) }
  /// Those with a value anywhere, in the judges' order; then, by their keys, those that no judge told of.
  public var columns: [Column] {
    let found = scores.reduce(into: Set<String>()) { $0.formUnion($1.values.keys) }
    let known = judged.filter { found.contains($0.key) }
    return known + found.subtracting(known.map(\.key)).sorted().map { Column($0, name: $0, better: nil) }
  }

  /// The mean of each task's items; tasks without a value are left out.
  /// - Parameter family: only its tasks; nil for all.
  public func taskMeans(_ column: Column, of method: String, family: String? = nil) -> [String: Double] {
    values(column, of: method, family: family).mapValues { $0.reduce(0, +) / Double($0.count) }
  }

  /// The mean of tasks with its interval; nil if there is no value.
  public func summary(_ column: Column, of method: String, family: String? = nil) -> Summary? {
    let values = values(column, of: method, family: family)
    guard !values.isEmpty else { return nil }
    let means = values.sorted { $0.key < $1.key }.map { $0.value.reduce(0, +) / Double($0.value.count) }
    let items = values.values.reduce(0) { $0 + $1.count }
    let mean = means.reduce(0, +) / Double(means.count)
    let interval = column.isShare ? Interval.wilson(share: mean, of: items) : Interval.bootstrap(meanOf: means)
    return Summary(mean: mean, interval: interval, tasks: means.count, items: items)
  }

  /// Each task's mean divided by the baseline's, such as the error left of copying b; tasks whose baseline is 0 are left out.
  public func ratios(_ column: Column, of method: String, to baseline: String) -> [String: Double] {
    let base = taskMeans(column, of: baseline)
    return taskMeans(column, of: method).reduce(into: [:]) { ratios, task in
      if let divisor = base[task.key], divisor != 0 { ratios[task.key] = task.value / divisor }
    }
  }

  private func values(_ column: Column, of method: String, family: String?) -> [String: [Double]] {
    scores.reduce(into: [:]) { values, score in
      guard score.method == method, family == nil || score.family == family, let value = score[column] else { return }
      values[score.task, default: []].append(value)
    }
  }

  private static func firstOccurrences(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}

extension ResultTable {
  /// A table of all tasks, then one for each family: a row a method, each cell the mean of tasks and its 95 % interval.
  /// - Parameter first: sections before them.
  public func markdown(after first: [MarkdownTable] = []) -> String {
    let sections = first + [section("All tasks", family: nil)] + families.map { section($0, family: $0) }
    return sections.reduce("# \(title)\n") { $0 + "\n" + $1.text }
  }

  private func section(_ heading: String, family: String?) -> MarkdownTable {
    let columns = columns
    let lines = methods.compactMap { method -> [String]? in
      let summaries = columns.map { summary($0, of: method, family: family) }
      guard let widest = summaries.compactMap(\.self).max(by: { $0.items < $1.items }) else { return nil }
      let cells = zip(columns, summaries).map { MarkdownTable.cell($1?.mean, $1?.interval, digits: $0.digits) }
      return [MarkdownTable.escaped(method), "\(widest.tasks)", "\(widest.items)"] + cells
    }
    let head = ["Method", "tasks", "items"] + columns.map { MarkdownTable.escaped($0.heading) }
    return MarkdownTable(heading, head: head, rows: lines)
  }
}

/// The values of one method's output for one item.
public struct ItemScore: Codable, Equatable, Sendable {
  /// What made the output, such as `copy b`.
  public var method: String
  /// A group of tasks, nil if tasks aren't grouped.
  public var family: String?
  public var task: String
  /// The pictures, by a name of their own within the task.
  public var item: String
  /// By the columns' keys. Only what could be measured: no changed pixels, no weights or a zero difference leave keys out.
  public var values: [String: Double]

  public init(method: String, family: String? = nil, task: String, item: String, values: Verdict) {
    (self.method, self.family, self.task, self.item) = (method, family, task, item)
    self.values = values.reduce(into: [:]) { $0[$1.key.key] = $1.value }
  }

  public subscript(column: Column) -> Double? { values[column.key] }

  var id: SuiteFolder.Item.ID { SuiteFolder.Item.ID(task: task, item: item) }
}
