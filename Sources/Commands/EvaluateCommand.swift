import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBEvaluation
import LoRWeBFiles
import LoRWeBPictures

struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures edits on a suite of analogies with known answers.",
    discussion: """
      The model's own small picture is measured, before details are carried. The output folder gets table.markdown, scores.json and \
      sheet.png. What a suite is and what is measured: docs/evaluate.md.
      """)

  @Option(help: "A folder with suite.json and its pictures.") var suite: String
  @Option(name: .shortAndLong, help: "A folder that isn't there yet.") var output: String
  @OptionGroup var model: ModelOptions
  @Option(
    help: ArgumentHelp(
      "What is compared, separated by commas: \(EvaluatedMethod.list()).",
      discussion: "All if left out, single-lora only where --single-lora names its file."))
  var methods: String?
  @Option(help: "A basis of one LoRA without a router, for the row single-lora.") var singleLora: String?
  @Option(help: "At most that many items a task.") var limit: Int?
  @Option(help: "Sampling steps; the model's own number if left out.") var steps: Int?
  @Option(help: "Rows of the sheet, each an item of another task as long as there are any.") var rows = 24
  @Flag(help: "Only measures that need no weights of `make metrics`.") var plain = false
  @Flag(help: "Print the scores as JSON instead of the table.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    guard try !chosen().isEmpty else {
      throw ValidationError("--methods has only single-lora, which needs its file: --single-lora FILE.")
    }
    if let limit, limit < 1 { throw ValidationError("--limit must be 1 or more, found \(limit).") }
    if let steps, !(1...1000).contains(steps) { throw ValidationError("--steps must be from 1 to 1000, found \(steps).") }
    guard (1...500).contains(rows) else { throw ValidationError("--rows must be from 1 to 500, found \(rows).") }
  }

  /// What `--methods` names, or everything.
  private func named() throws -> [EvaluatedMethod] {
    guard let methods else { return EvaluatedMethod.allCases }
    var named: [EvaluatedMethod] = []
    for part in methods.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.trimmingCharacters(in: .whitespaces)
      guard let method = EvaluatedMethod(rawValue: name) else {
        throw ValidationError("--methods has \"\(name)\", expected some of \(EvaluatedMethod.list()).")
      }
      guard !named.contains(method) else { throw ValidationError("--methods has \(name) twice.") }
      named.append(method)
    }
    if singleLora != nil, !named.contains(.singleLoRA) {
      throw ValidationError("--single-lora is given, but --methods \(methods) doesn't have its row single-lora.")
    }
    return named
  }

  /// What is measured: all named methods but a single LoRA that isn't there.
  private func chosen() throws -> [EvaluatedMethod] { try named().filter { $0 != .singleLoRA || singleLora != nil } }

  func run() async throws {
    let command = self
    let text = try await interruptible { try await command.evaluate() }
    print(text)
  }

  private func evaluate() async throws -> String {
    let console = Console(quiet: quiet)
    let place = URL(filePath: output)
    guard !FileManager.default.fileExists(atPath: output) else { throw ModelFolderError.alreadyThere(output) }
    try Folder.check(place, isApartFrom: URL(filePath: suite))
    let folder = try SuiteFolder(URL(filePath: suite))
    let evaluator = try evaluator()
    let editors = try EvaluatedEditors(model, singleLoRA: singleLora, steps: steps)
    let chosen = try chosen()
    if methods != nil, try named() != chosen {
      console.warn("The row single-lora is left out, since --single-lora doesn't name its file.")
    }
    var table = try ResultTable(title: folder.name, baseline: EvaluatedMethod.copy.heading, scores: [])
    var shown: [String: [[Picture]]] = [:]
    let items = limited(folder.items)
    for (index, item) in items.enumerated() {
      try Task.checkCancellation()
      console.progress("item \(index + 1) of \(items.count), \(item.task)", fraction: Double(index) / Double(items.count))
      let size = try sizes(of: item, in: folder, editors.own)
      var pictures = try folder.pictures(of: item, at: size)
      var row = [pictures.a, pictures.aPrime, pictures.b, pictures.bPrime]
      let truth = try await editors.own.autoencoded(pictures.bPrime)
      var others: [Picture] = []
      // Only identification looks at them, and it needs the metrics' weights.
      for other in plain ? [] : pictures.others { others.append(try await editors.own.autoencoded(other)) }
      pictures.others = others
      let references = try evaluator.references(of: pictures, decodedAnswer: truth)
      for method in chosen {
        let output = try await editors.output(of: method, for: pictures, instruction: item.instruction)
        try table.add(evaluator.score(output, by: method.heading, against: references))
        row.append(output)
      }
      shown[item.task, default: []].append(row)
    }
    console.clear()
    try write(table, sheet(shown), to: place)
    return json ? String(decoding: try table.json(), as: UTF8.self) : table.markdown
  }

  /// The model's own encoder stands beside the independent one only: alone it is circular.
  private func evaluator() throws -> Evaluator {
    guard !plain else { return Evaluator(models: nil) }
    return Evaluator(models: try MetricModels(), ownEncoder: DirectionEncoder(embeddings: try model.encoders().embeddings()))
  }

  private func limited(_ items: [SuiteFolder.Item]) -> [SuiteFolder.Item] {
    guard let limit else { return items }
    var counts: [String: Int] = [:]
    return items.filter { item in
      counts[item.task, default: 0] += 1
      return counts[item.task, default: 0] <= limit
    }
  }

  /// The size everything is compared at: that at which the model paints b′.
  private func sizes(of item: SuiteFolder.Item, in folder: SuiteFolder, _ editor: AnalogyEditor) throws -> PictureSize {
    let sizes = try [item.a, item.aPrime, item.b].map { try Picture(contentsOf: folder.url.appending(path: $0)).size }
    return try editor.paintedSize(a: sizes[0], aPrime: sizes[1], b: sizes[2])
  }

  /// One row of each task, then a second, until there are enough.
  private func sheet(_ shown: [String: [[Picture]]]) throws -> Picture {
    let tasks = shown.sorted { $0.key < $1.key }.map(\.value)
    let deepest = tasks.map(\.count).max() ?? 0
    let ordered = (0..<deepest).flatMap { depth in tasks.compactMap { depth < $0.count ? $0[depth] : nil } }
    return try ContactSheet(rowHeight: 128, gap: 4).picture(rows: Array(ordered.prefix(rows)))
  }

  /// All three files or none: they are written beside the place and moved there together.
  private func write(_ table: ResultTable, _ sheet: Picture, to place: URL) throws {
    let files = FileManager.default
    let parent = place.standardizedFileURL.deletingLastPathComponent()
    let temporary = parent.appending(path: ".\(place.lastPathComponent).\(UUID().uuidString).tmp", directoryHint: .isDirectory)
    do {
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      try Data(table.markdown.utf8).write(to: temporary.appending(path: "table.markdown"))
      try table.json().write(to: temporary.appending(path: "scores.json"))
      try sheet.write(to: temporary.appending(path: "sheet.png"))
      try files.moveItem(at: temporary, to: place)
    } catch {
      try? files.removeItem(at: temporary)
      throw error
    }
  }
}
