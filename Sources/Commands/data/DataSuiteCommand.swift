import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBFiles

struct DataSuiteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suite", abstract: "Makes a suite to measure on out of procedural tasks and held-out material.",
    discussion: """
      The folder is one that lorweb evaluate reads. Each item has seven others, what other tasks make of the same b; which ones is \
      fixed in suite.json. What each suite asks: docs/data-procedural.md.
      """)

  @Option(help: "U0 to U5.") var suite: String
  @Option(help: "A folder that lorweb data material made; its test part is used.") var material: URL
  @Option(name: [.short, .customLong("out")], help: "The folder to be made.") var output: URL
  @Option(help: "Items of each task.") var count: Int
  @Option(help: "Everything random follows from it.") var seed: UInt64 = 0
  @Option(help: "Side of each picture in pixels, a multiple of 8.") var size = 128
  @Flag(help: "Print JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    _ = try chosen()
    try require("--count", count, in: 1...1000)
    try ProceduralOptions.check(size: size)
  }

  private func chosen() throws -> TaskSuite {
    guard let known = TaskSuite(rawValue: suite.uppercased()) else {
      throw ValidationError(
        "--suite must be one of \(TaskSuite.allCases.map(\.rawValue).joined(separator: ", ")), found \(suite).")
    }
    return known
  }

  func run() async throws { print(try await interruptible { [self] in try write() }) }

  private func write() throws -> String {
    let console = Console(quiet: quiet)
    try Folder.checkFree(output)
    try Folder.check(output, isApartFrom: material)
    let suite = try chosen()
    let maker = try SuiteMaker(suite, material: Material(folder: material), side: size, seed: seed)
    let total = maker.tasks.count * count
    let source = "lorweb data suite --suite \(suite.rawValue) --count \(count) --seed \(seed) --size \(size)"
    try SuiteFolder.write(suite.rawValue, source: source, to: output, count: total) { index in
      try Task.checkCancellation()
      let task = maker.tasks[index / count]
      console.progress("item \(index + 1) of \(total), \(task.name)", fraction: Double(index) / Double(total))
      return SuiteFolder.Draft(try maker.item(task, number: index % count))
    }
    console.clear()
    guard json else { return "\(total) items of \(maker.tasks.count) tasks, each with \(SuiteMaker.others) others" }
    struct Report: Encodable {
      let suite: String
      let items, tasks, others, side: Int
      let seed: UInt64
    }
    return try Report(
      suite: suite.rawValue, items: total, tasks: maker.tasks.count, others: SuiteMaker.others, side: size, seed: seed
    ).readableText()
  }
}

extension SuiteFolder.Draft {
  /// Data knows nothing of measuring, nor measuring of how data is made: here they meet.
  fileprivate init(_ item: SuiteMaker.Item) {
    let quadruple = item.quadruple
    self.init(
      EvaluationItem(
        family: item.family, task: quadruple.task, name: "\(item.number)", instruction: quadruple.instruction, a: quadruple.a,
        aPrime: quadruple.aPrime, b: quadruple.b, bPrime: quadruple.bPrime, others: item.others.map(\.after)),
      otherTasks: item.others.map(\.task))
  }
}
