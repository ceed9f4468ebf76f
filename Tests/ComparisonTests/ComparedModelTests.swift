import Foundation
import LoRWeB
import LoRWeBComparison
import LoRWeBEvaluation
import LoRWeBFiles
import LoRWeBPictures
import LoRWeBTestSupport
import Synchronization
import Testing

/// A tiny model and a suite of two items, in a folder of the test's own.
private final class Workplace {
  private let temporary: TemporaryFolder
  var url: URL { temporary.url }
  let suite: SuiteFolder
  let editor: AnalogyEditor

  init() throws {
    temporary = try TemporaryFolder()
    let model = temporary["model"]
    try ModelMaker(ModelPreset(named: "tiny")).write(to: model)
    editor = try AnalogyEditor(model: .folder(model))
    try SuiteFolder.write("Trial", to: temporary["suite"], count: 2) { index in
      func picture(_ level: Int) throws -> Picture {
        let pixels = (0..<48 * 48 * 3).map { UInt8(truncatingIfNeeded: level + index + $0 * 7 % 120) }
        return try Picture(width: 48, height: 48, pixels: pixels)
      }
      let item = EvaluationItem(
        task: "warm", name: "\(index)", instruction: "make it warm", a: try picture(0), aPrime: try picture(40),
        b: try picture(60),
        bPrime: try picture(100), others: [try picture(20), try picture(30)])
      return SuiteFolder.Draft(item, otherTasks: ["fog", "night"])
    }
    suite = try SuiteFolder(temporary["suite"])
  }

  func item(_ answers: ComparedModel.Answers) async throws -> EvaluationItem {
    try await ComparedModel(own: editor, answers: answers).item(suite.items[0], of: suite)
  }
}

@Suite("A model as an evaluation's methods")
struct ComparedModelTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  @Test("An item has the size the model paints, and only the answers that are looked at go through its autoencoder")
  func preparation() async throws {
    let suite = place.suite
    let size = try await place.editor.paintedSize(
      a: PictureSize(width: 48, height: 48), aPrime: PictureSize(width: 48, height: 48), b: PictureSize(width: 48, height: 48))
    let raw = try PlainPreparation(readsOthers: true).item(suite.items[0], of: suite).resized(to: size)
    let full = try await place.item(.init(truth: true, others: true))
    #expect(full.b == raw.b && full.bPrime == raw.bPrime && full.instruction == "make it warm")
    let truth = try await place.editor.autoencoded(raw.bPrime)
    #expect(full.decodedAnswer == truth && truth != raw.bPrime)
    #expect(full.others.count == 2)
    for (decoded, other) in zip(full.others, raw.others) {
      let expected = try await place.editor.autoencoded(other)
      #expect(decoded == expected && decoded != other)
    }
    let bare = try await place.item(.init(truth: false, others: false))
    #expect(bare.decodedAnswer == nil && bare.others.isEmpty)
    #expect(try await place.item(.init(truth: true, others: false)).decodedAnswer == full.decodedAnswer)
    #expect(try await place.item(.init(truth: false, others: true)).decodedAnswer == full.decodedAnswer)
  }

  @Test("Every question is the editor's own edit: with and without the basis, told and not told")
  func questions() async throws {
    let model = try await ComparedModel(own: place.editor, answers: .init(truth: false, others: false), steps: 1)
    let item = try await model.item(place.suite.items[0], of: place.suite)
    func painted(_ prompt: String, _ strength: Double) async throws -> Picture {
      var edit = AnalogyEdit(a: item.a, aPrime: item.aPrime, b: item.b)
      (edit.prompt, edit.strength, edit.steps, edit.details) = (prompt, strength, 1, .model)
      return try await place.editor.edit(edit).painted
    }
    var words = PromptEdit(b: item.b, prompt: "make it warm")
    (words.steps, words.details) = (1, .model)
    let expected: [(ComparedModel.Question, Picture)] = [
      (.wordsAlone, try await place.editor.edit(words).painted),
      (.canvas(isTold: false), try await painted("", 0)), (.canvas(isTold: true), try await painted("make it warm", 0)),
      (.basis(isTold: false), try await painted("", 1)), (.basis(isTold: true), try await painted("make it warm", 1)),
    ]
    for (question, picture) in expected {
      #expect(try await model.answer(question, for: item) == picture, "\(question)")
      #expect(picture.size == item.b.size)
    }
  }

  @Test("However many items and methods, every file of the model and every picture is opened once")
  func openings() async throws {
    let opened = Mutex<[String: Int]>([:])
    let observer: @Sendable (URL) -> Void = { url in opened.withLock { $0[url.path, default: 0] += 1 } }
    try await FileOpenings.$observer.withValue(observer) {
      let editor = try AnalogyEditor(model: .folder(place.url.appending(path: "model")))
      let model = try await ComparedModel(own: editor, answers: .init(truth: true, others: true), steps: 1)
      let encoder = try await model.ownEncoder()
      let questions: [ComparedModel.Question] = [
        .wordsAlone, .canvas(isTold: false), .canvas(isTold: true), .basis(isTold: false), .basis(isTold: true),
      ]
      let methods = questions.map { question in
        MakingMethod("\(question)") { try await model.answer(question, for: $0) }
      }
      let session = try EvaluationSession(
        place.suite, preparation: model, methods: methods + [.truth("truth")],
        by: Evaluator([PictureJudge(), DirectionJudge(.ownDirection, encoder)]))
      var rows = 0
      for try await row in session {
        rows += 1
        #expect(row.scores.allSatisfy { $0[.squaredError] != nil })
        // What b itself would have no direction for has one here.
        #expect(row.scores.last?[.ownDirection] != nil)
      }
      #expect(rows == 2)
    }
    let counts = opened.withLock { $0 }
    for (file, count) in counts {
      // The autoencoder's halves are read apart.
      let most = file.contains("/vae/") && file.hasSuffix(".safetensors") ? 2 : 1
      #expect(count <= most, "\(file) was opened \(count) times")
    }
    #expect(
      counts.keys.contains { $0.hasSuffix("basis.safetensors") } && counts.keys.contains { $0.hasSuffix("other-fog.png") })
  }

  @Test("A basis of several LoRAs is no single one")
  func single() async throws {
    let basis = place.url.appending(path: "model/basis.safetensors")
    let error = await #expect(throws: ModelFolderError.self) {
      try await ComparedModel(own: place.editor, single: basis, answers: .init(truth: false, others: false))
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("4 LoRAs") && text.contains("basis.count=1") && !text.contains("--single"), "\(text)")
  }
}
