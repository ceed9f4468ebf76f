/// A method's figures beside a baseline's, such as copying b.
public struct BaselineFigures: Codable, Equatable, Sendable {
  /// A value with its 95 % interval.
  public struct Figure: Codable, Equatable, Sendable {
    public let value: Double
    /// nil for a single task.
    public let interval: Interval?
  }

  public let method: String
  /// The squared errors of all items together, divided by the baseline's: what is left of the error of doing nothing.
  public let wholeError: Figure?
  /// The median of the tasks' ratios, which a few large changes don't decide.
  public let medianError: Figure?
  /// The share of tasks whose error on changed pixels is at most a limit times the baseline's.
  public let changedShare: Figure?
  public let identification: Figure?

  private enum CodingKeys: String, CodingKey {
    case method
    case wholeError = "whole_error"
    case medianError = "median_error"
    case changedShare = "changed_share"
    case identification
  }
}

extension ResultTable {
  /// The figures of every method, in the methods' order; empty without a baseline.
  /// - Parameter limit: of `changedShare`.
  public func figures(changedWithin limit: Double) -> [BaselineFigures] {
    baseline.map { baseline in methods.map { figures(of: $0, beside: baseline, changedWithin: limit) } } ?? []
  }

  private func figures(of method: String, beside baseline: String, changedWithin limit: Double) -> BaselineFigures {
    let sums = errorSums(of: method, beside: baseline)
    let ratios = self.ratios(.squaredError, of: method, to: baseline).sorted { $0.key < $1.key }.map(\.value)
    let changed = self.ratios(.changedSquaredError, of: method, to: baseline).values
    func whole(_ sums: [(own: Double, base: Double)]) -> Double {
      sums.reduce(0) { $0 + $1.own } / sums.reduce(0) { $0 + $1.base }
    }
    let share = changed.isEmpty ? nil : Double(changed.count { $0 <= limit }) / Double(changed.count)
    return BaselineFigures(
      method: method,
      wholeError: sums.isEmpty ? nil : .init(value: whole(sums), interval: Interval.bootstrap(of: sums, whole)),
      medianError: ratios.isEmpty
        ? nil : .init(value: Self.median(ratios), interval: Interval.bootstrap(of: ratios, Self.median)),
      changedShare: share.map { .init(value: $0, interval: Interval.wilson(share: $0, of: changed.count)) },
      identification: summary(.identification, of: method).map { .init(value: $0.mean, interval: $0.interval) })
  }

  /// A task's squared errors, summed over the items that both methods have; tasks that the baseline solves are left out.
  private func errorSums(of method: String, beside baseline: String) -> [(own: Double, base: Double)] {
    var base: [SuiteFolder.Item.ID: Double] = [:]
    for score in scores where score.method == baseline { base[score.id] = score[.squaredError] }
    var sums: [String: (own: Double, base: Double)] = [:]
    for score in scores where score.method == method {
      guard let own = score[.squaredError], let other = base[score.id] else { continue }
      let sum = sums[score.task] ?? (0, 0)
      sums[score.task] = (sum.own + own, sum.base + other)
    }
    return sums.filter { $0.value.base > 0 }.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}
