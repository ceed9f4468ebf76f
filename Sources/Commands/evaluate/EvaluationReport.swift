import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBPictures

/// What an embedded model is accepted by, for the row of the basis without a prompt on tasks that it was trained on.
struct AcceptanceGoals {
  /// At most, of `BaselineFigures.wholeError`.
  let wholeError: Double
  /// At most, of a task's error on changed pixels divided by the baseline's.
  let changedError: Double
  /// At least, of `BaselineFigures.changedShare`.
  let changedShare: Double
  /// At least, of `BaselineFigures.identification`.
  let identification: Double

  static let embedded = AcceptanceGoals(wholeError: 0.36, changedError: 0.6, changedShare: 0.6, identification: 0.6)
}

/// A table with the figures of acceptance before it.
struct EvaluationReport {
  let table: ResultTable
  let goals: AcceptanceGoals

  private var figures: [BaselineFigures] { table.figures(changedWithin: goals.changedError) }

  var markdown: String { table.markdown(after: table.baseline.map { [acceptance(beside: $0)] } ?? []) }

  private func acceptance(beside baseline: String) -> MarkdownTable {
    func text(_ value: Double) -> String { MarkdownTable.cell(value, nil, digits: 3) }
    let head = [
      "Method", "error / \(MarkdownTable.escaped(baseline)), whole ↓", "median of tasks ↓",
      "tasks with changed MSE ≤ \(text(goals.changedError)) of it ↑", "identified ↑",
    ]
    let wanted = [
      "wanted", "≤ \(text(goals.wholeError))", "", "≥ \(text(goals.changedShare))", "≥ \(text(goals.identification))",
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
