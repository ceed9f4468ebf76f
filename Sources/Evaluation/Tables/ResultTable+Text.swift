import Foundation
import LoRWeBCheckpoints

extension ResultTable {
  /// Every score as JSON, keys sorted; reads back as an equal table.
  ///
  /// - Throws: `EncodingError` for values that JSON can't hold.
  public func json() throws -> Data { try readableJSON() }

  /// Markdown: a table of all tasks, then one for each family: a row a method, each cell the mean of tasks and its 95 % interval.
  ///
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
      let cells = zip(columns, summaries).map { column, summary in
        MarkdownTable.cell(summary?.mean, summary?.interval, digits: column.digits)
      }
      return [MarkdownTable.escaped(method), "\(widest.tasks)", "\(widest.items)"] + cells
    }
    let headings = columns.map { MarkdownTable.escaped($0.heading) }
    return MarkdownTable(heading, head: ["Method", "tasks", "items"] + headings, rows: lines)
  }
}
