import Foundation

extension ResultTable {
  /// Every score as JSON, keys sorted; reads back as an equal table.
  ///
  /// - Throws: `EncodingError` for values that JSON can't hold.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// A Markdown table of all tasks, then one for each family: a row a method, each cell the mean of tasks and its 95 % interval.
  public var markdown: String {
    ([section("All tasks", family: nil)] + families.map { section($0, family: $0) }).reduce("# \(title)\n") { $0 + "\n" + $1 }
  }

  private func section(_ heading: String, family: String?) -> String {
    let measures = measures
    let lines = methods.compactMap { method -> String? in
      let summaries = measures.map { summary($0, of: method, family: family) }
      guard let widest = summaries.compactMap(\.self).max(by: { $0.items < $1.items }) else { return nil }
      let cells = zip(measures, summaries).map { measure, summary in summary.map { Self.cell($0, measure) } ?? "–" }
      return Self.row([Self.escaped(method), "\(widest.tasks)", "\(widest.items)"] + cells)
    }
    let head = ["Method", "tasks", "items"] + measures.map(\.heading)
    return (["## \(heading)", "", Self.row(head), Self.row(head.map { _ in "---" })] + lines).joined(separator: "\n") + "\n"
  }

  private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

  private static func cell(_ summary: Summary, _ measure: Measure) -> String {
    func text(_ value: Double) -> String { String(format: "%.\(measure.digits)f", value) }
    let range = summary.interval.map { " [\(text($0.low)), \(text($0.high))]" } ?? ""
    return text(summary.mean) + range
  }
}
