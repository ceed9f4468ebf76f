import Foundation

extension ResultTable {
  /// Every score and the figures of acceptance as JSON, keys sorted; reads back as an equal table.
  ///
  /// - Throws: `EncodingError` for values that JSON can't hold.
  public func json() throws -> Data {
    struct Written: Encodable {
      let title: String
      let baseline: String?
      let acceptance: [Acceptance]
      let scores: [ItemScore]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(Written(title: title, baseline: baseline, acceptance: acceptance, scores: scores))
  }

  /// Markdown: the figures of acceptance, if there is a baseline, a table of all tasks, then one for each family: a row a method,
  /// each cell the mean of tasks and its 95 % interval.
  public var markdown: String {
    let sections =
      (baseline.map { [acceptanceSection(beside: $0)] } ?? []) + [section("All tasks", family: nil)]
      + families.map { section($0, family: $0) }
    return sections.reduce("# \(title)\n") { $0 + "\n" + $1 }
  }

  private func acceptanceSection(beside baseline: String) -> String {
    typealias Goal = Acceptance.Goal
    func text(_ value: Double) -> String { String(format: "%.3f", value) }
    let head = [
      "Method", "error / \(Self.escaped(baseline)), whole ↓", "median of tasks ↓",
      "tasks with changed MSE ≤ \(text(Goal.changedError)) of it ↑", "identified ↑",
    ]
    let wanted = ["wanted", "≤ \(text(Goal.wholeError))", "", "≥ \(text(Goal.changedShare))", "≥ \(text(Goal.identification))"]
    let rows = acceptance.map { row in
      [Self.escaped(row.method)]
        + [row.wholeError, row.medianError, row.changedShare, row.identification].map { figure in
          figure.map { Self.cell($0.value, $0.interval, digits: 3) } ?? "–"
        }
    }
    return Self.table("Acceptance", head, [wanted] + rows)
  }

  private func section(_ heading: String, family: String?) -> String {
    let measures = measures
    let lines = methods.compactMap { method -> [String]? in
      let summaries = measures.map { summary($0, of: method, family: family) }
      guard let widest = summaries.compactMap(\.self).max(by: { $0.items < $1.items }) else { return nil }
      let cells = zip(measures, summaries).map { measure, summary in
        summary.map { Self.cell($0.mean, $0.interval, digits: measure.digits) } ?? "–"
      }
      return [Self.escaped(method), "\(widest.tasks)", "\(widest.items)"] + cells
    }
    return Self.table(heading, ["Method", "tasks", "items"] + measures.map(\.heading), lines)
  }

  private static func table(_ heading: String, _ head: [String], _ rows: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    return (["## \(heading)", "", line(head), line(head.map { _ in "---" })] + rows.map(line)).joined(separator: "\n") + "\n"
  }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

  private static func cell(_ value: Double, _ interval: Interval?, digits: Int) -> String {
    func text(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
    return text(value) + (interval.map { " [\(text($0.low)), \(text($0.high))]" } ?? "")
  }
}
