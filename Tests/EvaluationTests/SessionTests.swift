import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import LoRWeBPictures
import Synchronization
import Testing

/// A judge that the library knows nothing of: it takes its time, and sets the outputs of an item against each other.
private actor PairwiseVote: Judge {
  static let wins = Column("vote_wins", name: "wins", better: .higher, digits: 2, isShare: true)
  static let rounds = Column("vote_rounds", name: "rounds", better: nil, digits: 0)
  nonisolated let columns = [wins, rounds]
  private(set) var prepared: [String] = []

  func judge(_ outputs: [MethodOutput], of item: EvaluationItem) async throws -> [Verdict] {
    prepared.append(item.name)
    var verdicts: [Verdict] = []
    for (place, output) in outputs.enumerated() {
      var won = 0
      for (other, rival) in outputs.enumerated() where other != place {
        await Task.yield()
        let errors = try [output, rival].map { try meanSquaredError($0.picture, to: item.bPrime) ?? 0 }
        won += errors[0] < errors[1] ? 1 : 0
      }
      verdicts.append([Self.wins: Double(won) / Double(outputs.count - 1), Self.rounds: Double(outputs.count - 1)])
    }
    return verdicts
  }
}

/// A judge that answers as it was told.
private struct Told: Judge {
  let columns: [Column]
  let verdicts: [Verdict]

  func judge(_ outputs: [MethodOutput], of item: EvaluationItem) -> [Verdict] { verdicts }
}

/// Counts what it is asked for.
private final class Asked: ItemPreparation, EvaluatedMethod {
  let name = "truth"
  let items = Mutex<[String]>([])
  let outputs = Mutex<[String]>([])

  func item(_ listed: SuiteFolder.Item, of suite: SuiteFolder) throws -> EvaluationItem {
    items.withLock { $0.append(listed.name) }
    return try PlainPreparation(readsOthers: false).item(listed, of: suite)
  }

  func output(for item: EvaluationItem) -> Picture {
    outputs.withLock { $0.append(item.name) }
    return item.bPrime
  }
}

@Suite("Sessions of evaluation")
struct SessionTests {
  private let suite: TestSuite
  private let methods: [any EvaluatedMethod] = [
    MakingMethod.copy("copy b"), MakingMethod.colorMap("colour map"), MakingMethod.truth("true b′"),
  ]

  init() throws { suite = try TestSuite([("warm", "one"), ("fog", "two"), ("fog", "three")]) }

  @Test("A slow judge's own columns stand in scores and tables beside the library's")
  func foreignJudge() async throws {
    let vote = PairwiseVote()
    let session = try EvaluationSession(
      suite.folder, preparation: PlainPreparation(readsOthers: true), methods: methods, by: Evaluator([PictureJudge(), vote]))
    var table = try ResultTable(title: "Trial", baseline: "copy b", columns: session.columns, scores: [])
    for try await row in session {
      #expect(row.outputs.map(\.method) == methods.map(\.name) && row.scores.map(\.method) == methods.map(\.name))
      try table.add(row.scores)
    }
    #expect(await vote.prepared == ["one", "two", "three"], "asked once an item, with all outputs")
    for score in table.scores {
      #expect(score[PairwiseVote.wins] == ["copy b": 0, "colour map": 0.5, "true b′": 1][score.method], "\(score)")
    }
    #expect(table.columns.map(\.key).suffix(2) == ["vote_wins", "vote_rounds"])
    let lines = table.markdown().split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("| Method | tasks | items | MSE ↓ |") && $0.hasSuffix("| wins ↑ | rounds |") })
    // Wilson's interval for three trials; no PSNR without an error.
    #expect(lines.contains { $0.hasPrefix("| true b′ | 2 | 3 | 0.0000") && $0.contains("| 1.00 [0.44, 1.00] | 2 [2, 2] |") })
    let json = String(decoding: try table.readableJSON(), as: UTF8.self)
    #expect(json.contains("\"vote_wins\" : 0.5"))
  }

  @Test("What methods share is made once an item, and nothing for items that the loop was left before")
  func leaving() async throws {
    let asked = Asked()
    let session = try EvaluationSession(
      suite.folder, preparation: asked, methods: methods.prefix(2) + [asked], by: Evaluator([PictureJudge()]))
    for try await row in session where row.item.name == "two" { break }
    #expect(asked.items.withLock { $0 } == ["one", "two"] && asked.outputs.withLock { $0 } == ["one", "two"])
  }

  @Test("A session goes on with what a kept table lacks")
  func resuming() async throws {
    let asked = Asked()
    let session = try EvaluationSession(
      suite.folder, preparation: asked, methods: methods.prefix(1) + [asked], by: Evaluator([PictureJudge()]))
    var table = try ResultTable(title: "Trial", columns: session.columns, scores: [])
    for try await row in session {
      try table.add(row.scores)
      if row.item.name == "two" { break }
    }
    let kept = try JSONDecoder().decode(ResultTable.self, from: table.readableJSON())
    let rest = session.left(after: kept)
    #expect(rest.items.map(\.name) == ["three"])
    for try await row in rest { try table.add(row.scores) }
    #expect(table.scores.count == 6 && session.left(after: table).items.isEmpty)
    #expect(asked.items.withLock { $0 } == ["one", "two", "three"])
  }

  @Test("A cancelled task ends with a cancellation before the next item")
  func cancelling() async throws {
    let asked = Asked()
    let session = try EvaluationSession(suite.folder, preparation: asked, methods: [asked], by: Evaluator([]))
    let task = Task {
      for try await _ in session { withUnsafeCurrentTask { $0?.cancel() } }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(asked.items.withLock { $0 } == ["one"])
  }

  @Test("Without a model pictures are measured at the true b′'s size")
  func plainSizes() throws {
    try Picture(width: 40, height: 20) { _, x, _ in x }.write(to: suite["suite/warm/one/a.png"])
    let item = try PlainPreparation(readsOthers: true).item(suite.folder.items[0], of: suite.folder)
    #expect([item.a, item.aPrime, item.b, item.bPrime].map(\.size.description) == Array(repeating: "16×16", count: 4))
    #expect(item.others.count == 1 && item.decodedAnswer == nil)
  }

  @Test("Judges that don't keep to their columns, and two of one name, are refused in a sentence")
  func refusals() async throws {
    let item = try PlainPreparation(readsOthers: false).item(suite.folder.items[0], of: suite.folder)
    let output = MethodOutput(method: "ours", picture: item.b)
    let own = Column("own", name: "own", better: nil)
    for (verdicts, words) in [
      ([], "0 verdicts on 1 outputs"), ([[own: .nan]], "nan"), ([[.squaredError: 1]], "mse, which isn't its own"),
    ] as [([Verdict], String)] {
      let error = await #expect(throws: EvaluationError.self) {
        try await Evaluator([Told(columns: [own], verdicts: verdicts)]).scores(of: [output], for: item)
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(words) && text.contains("own") && text.hasSuffix("."), "\(text)")
    }
    #expect(throws: EvaluationError.calledTwice("columns", "mse")) {
      try Evaluator([PictureJudge(), Told(columns: [.squaredError], verdicts: [])])
    }
    #expect(throws: EvaluationError.calledTwice("methods", "copy b")) {
      try EvaluationSession(
        suite.folder, preparation: PlainPreparation(readsOthers: false), methods: [methods[0], methods[0]], by: Evaluator([]))
    }
  }
}
