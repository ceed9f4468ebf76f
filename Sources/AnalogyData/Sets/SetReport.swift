import Foundation

/// What a set's folder holds and what is wrong with it, to be printed.
public struct SetReport: Codable, Hashable, Sendable {
  /// One task's size.
  public struct Task: Codable, Hashable, Sendable {
    public let name: String
    public let pairs: Int
  }

  public let layout: AnalogySet.Layout
  /// Tasks of at least two usable pairs.
  public let tasks: [Task]
  /// Analogies that can be trained on, each in one direction.
  public let analogies: Int
  /// All that is wrong.
  public let problems: [SetFinding]

  /// A report of a set that has been read.
  public init(_ set: AnalogySet) {
    layout = set.layout
    tasks = set.tasks.map { Task(name: $0.name, pairs: $0.pairs.count) }
    analogies = set.quadruples().count
    problems = set.findings
  }

  /// One JSON object with sorted keys.
  /// - Throws: `EncodingError`, which no report gives cause for.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// Lines to read: the layout, the tasks, a line a problem.
  public var text: String {
    let width = tasks.map(\.name.count).max() ?? 0
    var lines = ["layout: \(name)"]
    lines += tasks.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.pairs) pairs" }
    lines.append("\(analogies) \(analogies == 1 ? "analogy" : "analogies") to train on")
    lines += problems.isEmpty ? ["nothing is wrong"] : ["", "wrong:"] + problems.map { "  \($0.sentence)" }
    return lines.joined(separator: "\n")
  }

  private var name: String {
    switch layout {
    case .relation252k: "Relation252k (category/Group1/labels.json)"
    case .prepared: "prepared quadruples (control/, target/)"
    case .pairs: "before/after pairs by task"
    }
  }
}
