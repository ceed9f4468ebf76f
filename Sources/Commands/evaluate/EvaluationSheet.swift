import LoRWeBEvaluation
import LoRWeBPictures

/// The sheet of an evaluation: a, a′, b, true b′, then a column a method; no picture is kept larger than it is shown.
struct EvaluationSheet {
  private let sheet = ContactSheet(rowHeight: 128, gap: 4)
  private let rows: Int
  private var shown: [String: [[Picture]]] = [:]

  init(rows: Int) {
    self.rows = rows
  }

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
