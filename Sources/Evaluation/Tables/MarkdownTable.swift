import Foundation

/// A section with a table in Markdown.
public struct MarkdownTable: Sendable {
  public let heading: String
  public let head: [String]
  public let rows: [[String]]

  /// Cells are text that Markdown reads; `escaped` makes such of any.
  public init(_ heading: String, head: [String], rows: [[String]]) {
    (self.heading, self.head, self.rows) = (heading, head, rows)
  }

  /// With a line break at its end.
  public var text: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    return (["## \(heading)", "", line(head), line(head.map { _ in "---" })] + rows.map(line)).joined(separator: "\n") + "\n"
  }

  public static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

  /// A value with its interval, a dash if there is none.
  public static func cell(_ value: Double?, _ interval: Interval?, digits: Int) -> String {
    func text(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
    guard let value else { return "–" }
    return text(value) + (interval.map { " [\(text($0.low)), \(text($0.high))]" } ?? "")
  }
}
