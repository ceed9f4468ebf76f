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
    func text(_ value: Double?, _ interval: Interval? = nil) -> String { MarkdownTable.cell(value, interval, digits: 3) }
    let head = [
      "Method", "error / \(MarkdownTable.escaped(baseline)), whole ↓", "median of tasks ↓",
      "tasks with changed MSE ≤ \(text(Goal.changedError)) of it ↑", "identified ↑",
    ]
    let wanted = [
      "wanted", "≤ \(text(Goal.wholeError))", "", "≥ \(text(Goal.changedShare))", "≥ \(text(Goal.identification))",
    ]
    let rows = figures.map { row in
      let figures = [row.wholeError, row.medianError, row.changedShare, row.identification]
      return [MarkdownTable.escaped(row.method)] + figures.map { text($0?.value, $0?.interval) }
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

/// The sheet of an evaluation: a, a′, b, true b′, then a column a method; no picture is kept larger than it is shown.
struct EvaluationSheet {
  private let sheet = ContactSheet(rowHeight: 128, gap: 4)
  private let rows: Int
  private var shown: [String: [[Picture]]] = [:]

  init(rows: Int) { self.rows = rows }

  mutating func add(_ row: EvaluationSession.Row) throws {
    let item = row.item
    // More of one task are never shown.
    guard shown[item.task, default: []].count < rows else { return }
    let pictures = [item.a, item.aPrime, item.b, item.bPrime] + row.outputs.map(\.picture)
    shown[item.task, default: []].append(try pictures.map { try sheet.scaled($0) })
  }

  /// One row of each task, then a second, until there are enough.
  func picture() throws -> Picture {
    let tasks = shown.sorted { $0.key < $1.key }.map(\.value)
    let deepest = tasks.map(\.count).max() ?? 0
    let ordered = (0..<deepest).flatMap { depth in tasks.compactMap { depth < $0.count ? $0[depth] : nil } }
    return try sheet.picture(rows: Array(ordered.prefix(rows)))
  }
}
