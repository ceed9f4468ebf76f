import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBPictures

/// What the embedded model is accepted by: its basis without a prompt, on tasks that it was trained on.
private enum Goal {
  /// At most, of `BaselineFigures.wholeError`, and of a task's error on changed pixels divided by the baseline's.
  static let (wholeError, changedError) = (0.36, 0.6)
  /// At least, of the figures of these names.
  static let (changedShare, identification) = (0.6, 0.6)
}

/// A table with the figures of acceptance before it.
struct EvaluationReport {
  let table: ResultTable

  private var figures: [BaselineFigures] { table.figures(changedWithin: Goal.changedError) }

  var markdown: String { table.markdown(after: table.baseline.map { [acceptance(beside: $0)] } ?? []) }

  private func acceptance(beside baseline: String) -> MarkdownTable {
    func text(_ value: Double) -> String { MarkdownTable.cell(value, nil, digits: 3) }
    let head = [
      "Method", "error / \(MarkdownTable.escaped(baseline)), whole ↓", "median of tasks ↓",
      "tasks with changed MSE ≤ \(text(Goal.changedError)) of it ↑", "identified ↑",
    ]
    let wanted = [
      "wanted", "≤ \(text(Goal.wholeError))", "", "≥ \(text(Goal.changedShare))", "≥ \(text(Goal.identification))",
    ]
    let rows = figures.map { row in
      [MarkdownTable.escaped(row.method)]
        + [row.wholeError, row.medianError, row.changedShare, row.identification].map { figure in
          MarkdownTable.cell(figure?.value, figure?.interval, digits: 3)
        }
    }
    return MarkdownTable("Acceptance", head: head, rows: [wanted] + rows)
  }

  /// The table's JSON, and the figures beside it.
  func json() throws -> Data {
    struct Written: Encodable {
      let title: String
      let baseline: String?
      let acceptance: [BaselineFigures]
      let scores: [ItemScore]
    }
    return try Written(title: table.title, baseline: table.baseline, acceptance: figures, scores: table.scores).readableJSON()
  }

  /// All three files or none.
  func write(_ sheet: Picture, to place: URL) throws {
    try AtomicFolder.write(to: place) { folder in
      try Data(markdown.utf8).write(to: folder.appending(path: "table.markdown"))
      try json().write(to: folder.appending(path: "scores.json"))
      try sheet.write(to: folder.appending(path: "sheet.png"))
    }
  }
}
