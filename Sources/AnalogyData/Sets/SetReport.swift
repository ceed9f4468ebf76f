import Foundation
import LoRWeBCheckpoints

/// What a set's folder holds and what is wrong with it, to be printed.
public struct SetReport: Codable, Hashable, Sendable {
  public struct Task: Codable, Hashable, Sendable {
    public let name: String
    /// Usable pairs; nil in a prepared set, which has analogies only.
    public let pairs: Int?
    /// Analogies that can be trained on, each in one direction; a prepared set's as they stand there.
    public let analogies: Int
  }

  public let layout: AnalogySet.Layout
  /// Tasks with at least one analogy, by name; quadruples of a prepared set that no metadata name are in the task "".
  public let tasks: [Task]
  public let analogies: Int
  public let problems: [SetFinding]
  /// Whatever looks like a picture and is in no analogy, by its path below the set's folder.
  public let unused: [String]

  public init(_ set: AnalogySet) {
    layout = set.layout
    let prepared = Dictionary(grouping: set.prepared, by: \.task).sorted { $0.key < $1.key }
    tasks =
      set.tasks.map { Task(name: $0.name, pairs: $0.pairs.count, analogies: $0.pairs.count * ($0.pairs.count - 1) / 2) }
      + prepared.map { Task(name: $0.key, pairs: nil, analogies: $0.value.count) }
    analogies = tasks.reduce(0) { $0 + $1.analogies }
    (problems, unused) = (set.findings, set.unused)
  }

  public var isGood: Bool { problems.isEmpty && unused.isEmpty }

  /// Lines to read: the layout, the tasks, a line a problem, a line a picture that isn't used.
  public var text: String {
    let names = tasks.map { $0.name.isEmpty ? "(no category)" : $0.name }
    let width = names.map(\.columns).max() ?? 0
    var lines = ["layout: \(name)"]
    lines += zip(names, tasks).map { name, task in
      let pairs = task.pairs.map { "\($0) pairs, " } ?? ""
      return "  \(name.padded(toColumns: width))  \(pairs)\(Self.count(task.analogies))"
    }
    lines.append("\(Self.count(analogies)) to train on")
    if !problems.isEmpty { lines += ["", "wrong:"] + problems.map { "  \($0.sentence)" } }
    if !unused.isEmpty { lines += ["", "not used:"] + unused.map { "  \($0)" } }
    if isGood { lines.append("nothing is wrong") }
    return lines.joined(separator: "\n")
  }

  private static func count(_ analogies: Int) -> String { "\(analogies) \(analogies == 1 ? "analogy" : "analogies")" }

  private var name: String {
    switch layout {
    case .relation252k: "Relation252k (category/Group1/labels.json)"
    case .prepared: "prepared quadruples (control/, target/)"
    case .pairs: "before/after pairs by task"
    }
  }
}

/// One thing that is wrong with a set.
public struct SetFinding: Error, Hashable, Codable {
  /// The file or folder, as a path below the set's folder.
  public let file: String
  /// What is wrong with it and what to do, in one sentence without the file's name and a full stop.
  public let problem: String

  init(_ file: String, _ problem: String) { (self.file, self.problem) = (file, problem) }

  public var sentence: String { "\(file): \(problem)" }
}
