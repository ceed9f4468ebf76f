import Foundation

/// All scores of an evaluation and what follows from them: first a mean for each task, then the mean of tasks, so that a task with
/// many items weighs no more than one with few.
public struct ResultTable: Codable, Equatable, Sendable {
  /// A mean over tasks.
  public struct Summary: Codable, Equatable, Sendable {
    /// The mean of the tasks' means.
    public let mean: Double
    /// 95 %: Wilson's for identification, with items as trials; a bootstrap over tasks for the rest. nil for a single task.
    public let interval: Interval?
    /// Tasks with at least one value.
    public let tasks: Int
    /// Items with a value.
    public let items: Int
  }

  /// What was evaluated, such as a suite's name.
  public var title: String
  /// The method whose errors the others' are measured by in `acceptance`, such as copying b; nil leaves that out.
  public let baseline: String?
  /// Every item of every method.
  public private(set) var scores: [ItemScore]

  /// - Throws: `EvaluationError.scoredTwice`.
  public init(title: String, baseline: String? = nil, scores: [ItemScore]) throws {
    self.title = title
    self.baseline = baseline
    self.scores = []
    for score in scores { try add(score) }
  }

  /// - Throws: `EvaluationError.scoredTwice`.
  public mutating func add(_ score: ItemScore) throws {
    guard !scores.contains(where: { $0.method == score.method && $0.task == score.task && $0.item == score.item }) else {
      throw EvaluationError.scoredTwice(method: score.method, task: score.task, item: score.item)
    }
    scores.append(score)
  }

  /// In the order they were first scored.
  public var methods: [String] { Self.firstOccurrences(scores.map(\.method)) }
  /// In the order they were first scored.
  public var families: [String] { Self.firstOccurrences(scores.compactMap(\.family)) }
  /// Those with a value anywhere, in the order of `Measure`.
  public var measures: [Measure] { Measure.allCases.filter { measure in scores.contains { $0.values[measure] != nil } } }

  /// The mean of each task's items; tasks without a value are left out.
  ///
  /// - Parameter family: only its tasks; nil for all.
  public func taskMeans(_ measure: Measure, of method: String, family: String? = nil) -> [String: Double] {
    values(measure, of: method, family: family).mapValues { $0.reduce(0, +) / Double($0.count) }
  }

  /// The mean of tasks with its interval; nil if there is no value.
  public func summary(_ measure: Measure, of method: String, family: String? = nil) -> Summary? {
    let values = values(measure, of: method, family: family)
    let means = values.sorted { $0.key < $1.key }.map { $0.value.reduce(0, +) / Double($0.value.count) }
    guard !means.isEmpty else { return nil }
    let items = values.values.reduce(0) { $0 + $1.count }
    let mean = means.reduce(0, +) / Double(means.count)
    let interval =
      measure == .identification ? Interval.wilson(share: mean, of: items) : Interval.bootstrap(meanOf: means)
    return Summary(mean: mean, interval: interval, tasks: means.count, items: items)
  }

  /// Each task's mean divided by the baseline's, such as the error left of copying b; tasks whose baseline is 0 are left out.
  public func ratios(_ measure: Measure, of method: String, to baseline: String) -> [String: Double] {
    let base = taskMeans(measure, of: baseline)
    return taskMeans(measure, of: method).reduce(into: [:]) { ratios, task in
      if let divisor = base[task.key], divisor != 0 { ratios[task.key] = task.value / divisor }
    }
  }

  private func values(_ measure: Measure, of method: String, family: String?) -> [String: [Double]] {
    scores.reduce(into: [:]) { values, score in
      guard score.method == method, family == nil || score.family == family, let value = score.values[measure] else { return }
      values[score.task, default: []].append(value)
    }
  }

  private static func firstOccurrences(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
