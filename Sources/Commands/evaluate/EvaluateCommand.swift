import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBComparison
import LoRWeBEvaluation
import LoRWeBFiles
import LoRWeBTorch

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures edits on a suite of analogies with known answers.",
    discussion: """
      The model's own small picture is measured, before details are carried. The output folder gets table.markdown, scores.json and \
      sheet.png. What a suite is and what is measured: docs/evaluate.md.
      """)

  @Option(help: "A folder with suite.json and its pictures.") var suite: URL
  @Option(name: .shortAndLong, help: "A folder that isn't there yet.") var output: String
  @OptionGroup var model: ModelOptions
  @Option(
    help: ArgumentHelp(
      "What is compared, separated by commas: \(EvaluatedRow.list()).",
      discussion: """
        All if left out, single-lora only where --single-lora names its file; beside --outputs and without a model copy and \
        color-map.
        """))
  var methods: String?
  @Option(help: "A basis of one LoRA without a router, for the row single-lora.") var singleLora: URL?
  @Option(
    help: ArgumentHelp(
      "A row NAME of pictures in DIR that any tool made, each named by its item: TASK/ITEM.png, .jpg or .webp; may be repeated.",
      valueName: "NAME=DIR"),
    transform: NamedFolder.init)
  var outputs: [NamedFolder] = []
  @Option(help: "At most that many items a task.") var limit: Int?
  @Option(help: "Sampling steps; the model's own number if left out.") var steps: Int?
  @Option(help: "Rows of the sheet, each an item of another task as long as there are any.") var rows = 24
  @Flag(help: "Only measures that need no weights of `make metrics`.") var plain = false
  @Flag(help: "Print the scores as JSON instead of the table.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    guard try !chosen().isEmpty || !outputs.isEmpty else {
      throw ValidationError("--methods has only single-lora, which needs its file: --single-lora FILE.")
    }
    for (index, row) in outputs.enumerated() where outputs[..<index].contains(where: { $0.name == row.name }) {
      throw ValidationError("--outputs has \(row.name) twice.")
    }
    for row in outputs where EvaluatedRow.headings.contains(row.name) {
      throw ValidationError("--outputs calls a row \"\(row.name)\", which is the name of another one; choose another name.")
    }
    try requirePositive("--limit", limit)
    try require("--steps", steps, in: 1...1000)
    try require("--rows", rows, in: 1...500)
  }

  /// What `--methods` names, or everything.
  private func named() throws -> [EvaluatedRow] {
    guard let methods else { return outputs.isEmpty || model.isNamed ? EvaluatedRow.allCases : [.copy, .colorMap] }
    var named: [EvaluatedRow] = []
    for name in methods.components(separatedBy: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      guard let row = EvaluatedRow(rawValue: name) else {
        throw ValidationError("--methods has \"\(name)\", expected some of \(EvaluatedRow.list()).")
      }
      guard !named.contains(row) else { throw ValidationError("--methods has \(name) twice.") }
      named.append(row)
    }
    if singleLora != nil, !named.contains(.singleLoRA) {
      throw ValidationError("--single-lora is given, but --methods \(methods) doesn't have its row single-lora.")
    }
    return named
  }

  /// What is measured: all named rows but a single LoRA that isn't there.
  private func chosen() throws -> [EvaluatedRow] { try named().filter { $0 != .singleLoRA || singleLora != nil } }

  func run() async throws { print(try await interruptible { [self] in try await evaluate() }) }

  private func evaluate() async throws -> String {
    let console = Console(quiet: quiet)
    let place = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: output) else { throw ModelFolderError.alreadyThere(output) }
    try Folder.check(place, isApartFrom: suite)
    let folder = try SuiteFolder(suite)
    let session = try await session(on: folder, console)
    var table = try ResultTable(title: folder.name, baseline: EvaluatedRow.copy.heading, columns: session.columns, scores: [])
    var sheet = EvaluationSheet(rows: rows)
    let count = session.items.count
    var coming = session.makeAsyncIterator()
    for (done, item) in session.items.enumerated() {
      console.progress("item \(done + 1) of \(count), \(item.task)", fraction: Double(done) / Double(count))
      guard let row = try await coming.next() else { break }
      try table.add(row.scores)
      try sheet.add(row)
    }
    console.clear()
    let report = EvaluationReport(table: table)
    try report.write(sheet.picture(), to: place)
    return json ? String(decoding: try report.json(), as: UTF8.self) : report.markdown
  }

  private func session(on folder: SuiteFolder, _ console: Console) async throws -> EvaluationSession {
    var counts: [String: Int] = [:]
    let items = folder.items.filter { item in
      counts[item.task, default: 0] += 1
      return counts[item.task, default: 0] <= limit ?? .max
    }
    let chosen = try chosen()
    if methods != nil, try named() != chosen {
      console.warn("The row single-lora is left out, since --single-lora doesn't name its file.")
    }
    let folders = try outputs.map { try OutputFolder($0.name, $0.folder, for: items, of: folder) }
    for folder in folders where !folder.extra.isEmpty {
      console.warn("Pictures of \(folder.name) that belong to no item are left out: \(folder.extra.joined(separator: ", ")).")
    }
    // Pictures that are there already need no model, unless one is named to say the size and the autoencoder.
    let isOpened = outputs.isEmpty || model.isNamed || chosen.contains { $0.question != nil }
    // Only identification looks at the others, and it needs the metrics' weights.
    let answers = ComparedModel.Answers(truth: chosen.contains(.truth), others: !plain)
    let opened =
      isOpened
      ? try await ComparedModel(own: model.editor(.usual), single: singleLora, answers: answers, steps: steps) : nil
    return try EvaluationSession(
      folder, items: items, preparation: opened ?? PlainPreparation(readsOthers: !plain),
      methods: chosen.map { $0.method(by: opened) } + folders, by: await evaluator(beside: opened))
  }

  /// The model's own encoder stands beside the independent one only: alone it is circular.
  private func evaluator(beside opened: ComparedModel?) async throws -> Evaluator {
    guard !plain else { return try Evaluator([PictureJudge()]) }
    let engine = Engine()
    let judges: [any Judge] = [
      PictureJudge(), try PerceptualJudge(engine: engine), try DirectionJudge.imgFocus(engine: engine),
    ]
    guard let opened else { return try Evaluator(judges) }
    return try Evaluator(judges + [DirectionJudge(.ownDirection, try await opened.ownEncoder())])
  }
}
