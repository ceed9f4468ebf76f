import Foundation
import LoRWeBEvaluation
import Testing

@Suite("Figures beside a baseline")
struct BaselineFiguresTests {
  /// Errors of copying b and of a method, whole and on changed pixels, for each task's items.
  private func table(baseline: String? = "copy b") throws -> ResultTable {
    func scores(_ task: String, _ item: String, _ copy: Double, _ ours: Double, _ changed: Double, _ right: Double)
      -> [ItemScore]
    {
      [
        ItemScore(
          method: "copy b", task: task, item: item,
          values: [.squaredError: copy, .changedSquaredError: 0.1, .identification: 0]),
        ItemScore(
          method: "ours", task: task, item: item,
          values: [.squaredError: ours, .changedSquaredError: 0.1 * changed, .identification: right]),
      ]
    }
    return try ResultTable(
      title: "U0", baseline: baseline,
      scores: scores("night", "1", 0.4, 0.1, 0.5, 1) + scores("night", "2", 0.4, 0.1, 0.5, 1)
        + scores("fog", "1", 0.1, 0.05, 0.9, 0)
        + scores("warm", "1", 0.02, 0.03, 0.6, 1))
  }

  @Test("The whole is a ratio of sums, the median one of tasks, the share counts tasks")
  func figures() throws {
    let figures = try table().figures(changedWithin: 0.6)
    #expect(figures.map(\.method) == ["copy b", "ours"])
    let (copy, ours) = (figures[0], figures[1])
    #expect(copy.wholeError?.value == 1 && copy.medianError?.value == 1 && copy.changedShare?.value == 0)
    #expect(abs(try #require(ours.wholeError).value - 0.28 / 0.92) < 1e-12)
    #expect(abs(try #require(ours.medianError).value - 0.5) < 1e-12)
    #expect(abs(try #require(ours.changedShare).value - 2.0 / 3) < 1e-12)
    #expect(ours.changedShare?.interval == Interval.wilson(share: 2 / 3, of: 3))
    #expect(abs(try #require(ours.identification).value - 2.0 / 3) < 1e-12)
    let interval = try #require(ours.wholeError?.interval)
    // At best every task drawn is night, at worst warm.
    #expect(interval.low >= 0.25 && interval.high <= 1.5 && interval.low < 0.28 / 0.92 && interval.high > 0.28 / 0.92)
  }

  @Test("Items that only one of the two has are left out; without a baseline there are no figures")
  func partial() throws {
    var table = try table()
    try table.add([ItemScore(method: "ours", task: "night", item: "3", values: [.squaredError: 9])])
    #expect(abs(try #require(table.figures(changedWithin: 0.6)[1].wholeError).value - 0.28 / 0.92) < 1e-12)
    #expect(try self.table(baseline: nil).figures(changedWithin: 0.6).isEmpty)
    let alone = try ResultTable(
      title: "U0", baseline: "copy b",
      scores: [ItemScore(method: "ours", task: "fog", item: "1", values: [.squaredError: 0.1])])
    let figures = alone.figures(changedWithin: 0.6)[0]
    #expect(figures.wholeError == nil && figures.changedShare == nil)
  }

  @Test("The share counts the tasks within the limit that was asked for")
  func limit() throws {
    let shares = try [0.4, 0.5, 0.6, 0.9].map { try table().figures(changedWithin: $0)[1].changedShare?.value }
    for (share, expected) in zip(shares, [0, 1.0 / 3, 2.0 / 3, 1]) { #expect(abs(try #require(share) - expected) < 1e-12) }
  }
}
