import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Synchronization
import Testing

@testable import LoRWeB

@Suite("Edits with a model of random weights")
struct AnalogyEditorTests {
  private let model: TestModel
  private let editor: AnalogyEditor

  init() throws {
    model = try TestModel()
    editor = try model.editor()
  }

  @Test("The same seed gives the same picture, another seed another one")
  func seeds() async throws {
    let first = try await editor.edit(.small(seed: 5, steps: 3))
    let again = try await model.editor().edit(.small(seed: 5, steps: 3))
    let other = try await editor.edit(.small(seed: 6, steps: 3))
    #expect(first.picture == again.picture && first.painted == again.painted && first.recipe == again.recipe)
    #expect(first.painted != other.painted)
  }

  @Test("Steps, guidance, strength and prompt each change what is painted, and stand in the recipe")
  func settings() async throws {
    let plain = try await editor.edit(.small())
    #expect(
      plain.recipe.steps == 2 && plain.recipe.guidance == 2.5 && plain.recipe.prompt == "" && plain.recipe.model == "model")
    #expect(plain.recipe.warnings == [] && plain.recipe.meanCoefficients.count == 4 && plain.coefficients.count == 40)
    #expect(abs(plain.recipe.meanCoefficients.reduce(0, +) - 1) < 1e-5)
    let changes: [(inout AnalogyEdit) -> Void] = [
      { $0.steps = 4 }, { $0.guidance = 9 }, { $0.strength = -3 }, { $0.prompt = "make it snow" },
    ]
    for change in changes {
      var edit = try AnalogyEdit.small()
      change(&edit)
      let result = try await editor.edit(edit)
      #expect(result.painted != plain.painted && result.recipe != plain.recipe)
    }
  }

  @Test("Strength 0 is the base alone, to the bit, and the recipe warns")
  func strengthZero() async throws {
    var edit = try AnalogyEdit.small(seed: 3, steps: 3)
    let base = try await editor.paintedWithoutBasis(edit, by: ModelFolder(model.url))
    #expect(try await editor.edit(edit).painted != base)
    edit.strength = 0
    let result = try await editor.edit(edit)
    #expect(result.painted == base)
    #expect(result.recipe.warnings.count == 1 && result.recipe.warnings[0].contains("strength is 0"))
  }

  @Test("The result has b's size and framing, however odd", arguments: [(40, 40), (37, 61), (200, 11), (1, 1), (3, 19)])
  func sizes(width: Int, height: Int) async throws {
    for details in AnalogyEdit.Details.allCases {
      var edit = try AnalogyEdit.small(b: .pattern(width, height), steps: 1)
      edit.details = details
      let result = try await editor.edit(edit)
      #expect(result.picture.size == PictureSize(width: width, height: height))
      #expect(result.painted.size == PictureSize(width: 64, height: 64) && result.recipe.details == details)
    }
  }

  @Test("b's transparency is put back, and the model sees white behind it", arguments: AnalogyEdit.Details.allCases)
  func alpha(details: AnalogyEdit.Details) async throws {
    let alpha = (0..<900).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var edit = try AnalogyEdit.small(b: .pattern(30, 30, alpha: alpha), steps: 1)
    edit.details = details
    #expect(try await editor.edit(edit).picture.alpha == alpha)
    let hidden = try Picture(
      width: 30, height: 30, pixels: Array(repeating: 7, count: 2700), alpha: Array(repeating: 0, count: 900))
    let white = try Picture(size: PictureSize(width: 30, height: 30), filledWith: .white)
    let behind = try await editor.edit(.small(b: hidden, steps: 1)).painted
    #expect(try await editor.edit(.small(b: white, steps: 1)).painted == behind)
  }

  @Test("The steps of an edit rise from 0 to 1 and the last one, alone, has the result")
  func steps() async throws {
    var steps: [EditStep] = []
    for try await step in editor.run(try .small(steps: 3)) { steps.append(step) }
    #expect(steps.map(\.fraction) == steps.map(\.fraction).sorted())
    #expect(steps.first?.fraction == 0 && steps.last?.fraction == 1 && steps.last?.stage == .done)
    #expect(steps.filter { $0.result != nil }.count == 1 && steps.last?.result != nil)
    #expect(steps.compactMap(\.sampling).map(\.index) == [0, 1, 2, 3])
    #expect(steps.compactMap(\.sampling).allSatisfy { $0.count == 3 })
    #expect(steps.filter { $0.stage == .sampling }.count == 4)
    #expect(try await editor.edit(.small(steps: 3)).picture == steps.last?.result?.picture)
  }

  @Test("Leaving the loop ends the edit, and the editor works on")
  func leaving() async throws {
    let short = OperatorCount()
    try await short.during { _ = try await editor.edit(.small(steps: 1)) }
    // So many operators on, a thousand steps are in one of the first; if they get there, they are held until the loop is left.
    let left = DispatchSemaphore(value: 0)
    let long = OperatorCount(at: short.count) {
      left.wait()
      #expect(Task.isCancelled)
    }
    try await long.during {
      try await leaveWhenSampling(.small(steps: 1000))
      left.signal()
    }
    #expect(try await editor.edit(.small(steps: 2)).recipe.steps == 2)
    #expect(long.count < 2 * short.count)
  }

  /// A function of its own, at whose end the loop's stream is surely gone.
  private func leaveWhenSampling(_ edit: AnalogyEdit) async throws {
    for try await step in editor.run(edit) where step.stage == .sampling { break }
  }

  @Test("Cancelling the task cancels the edit, with no result")
  func cancelling() async throws {
    let editor = editor
    let short = OperatorCount()
    try await short.during { _ = try await editor.edit(.small(steps: 1)) }
    let (reached, reach) = AsyncStream.makeStream(of: Never.self)
    let long = OperatorCount(at: short.count) {
      reach.finish()
      while !Task.isCancelled { sched_yield() }
    }
    let edit = try AnalogyEdit.small(steps: 1000)
    let task = Task { try await long.during { try await editor.edit(edit) } }
    for await _ in reached {}
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(long.count < 2 * short.count)
  }

  @Test("Two editors at once don't disturb each other")
  func parallel() async throws {
    let (one, two) = (editor, try model.editor())
    async let left = one.edit(.small(seed: 1))
    async let right = two.edit(.small(seed: 2))
    let pictures = try await (left.painted, right.painted)
    #expect(try await one.edit(.small(seed: 2)).painted == pictures.1)
    #expect(try await two.edit(.small(seed: 1)).painted == pictures.0)
  }

  @Test("Pictures no canvas can be made of are refused")
  func absurd() async throws {
    await expectSentence("b is", "crop it") { _ = try await editor.edit(.small(b: .pattern(210, 10))) }
  }

  @Test("Numbers no edit can be made with are refused before the model is loaded")
  func badNumbers() async throws {
    let changes: [(String, (inout AnalogyEdit) -> Void)] = [
      ("steps", { $0.steps = 0 }), ("steps", { $0.steps = 100_000 }), ("guidance", { $0.guidance = .nan }),
      ("guidance", { $0.guidance = -1 }), ("strength", { $0.strength = .nan }), ("strength", { $0.strength = .infinity }),
    ]
    for (word, change) in changes {
      var edit = try AnalogyEdit.small()
      change(&edit)
      let bad = edit
      await expectSentence { _ = try await editor.edit(bad) }
      do {
        for try await step in editor.run(bad) { Issue.record("\(step.stage) began in spite of \(word)") }
      } catch { #expect("\(error)".lowercased().contains(word)) }
    }
  }

  @Test("A device that isn't here is refused in one sentence", arguments: ["cuda:99", "tpu", "", "meta"])
  func device(name: String) async {
    await expectSentence("\"\(name)\"", "cpu") { _ = try AnalogyEditor(model: .folder(model.url), device: name) }
  }

  @Test("A basis for another base is refused by names, an encoder of another width by both widths")
  func misfits() async throws {
    let basis = try EmbeddedModel.folder().appending(path: "basis.safetensors")
    await expectSentence("basis.safetensors", "transformer") { _ = try AnalogyEditor(model: .folder(model.url), basis: basis) }
    let encoder = model.temporary["encoder"]
    try FileManager.default.copyItem(at: EmbeddedModel.folder().appending(path: "image_encoder"), to: encoder)
    await expectSentence("preprocessor_config.json") { _ = try AnalogyEditor(model: .folder(model.url), encoder: encoder) }
    try FileManager.default.copyItem(
      at: EmbeddedModel.folder().appending(path: "feature_extractor/preprocessor_config.json"),
      to: encoder.appending(path: "preprocessor_config.json"))
    let width = try SafetensorsFile(encoder.appending(path: "model.safetensors")).header["visual_projection.weight"]?.shape
      .first
    await expectSentence("width 48", "width 16,", "width \(try #require(width));", "use the encoder that") {
      _ = try AnalogyEditor(model: .folder(model.url), encoder: encoder)
    }
  }

  @Test("A basis of zeros is said aloud in the recipe")
  func untrained() async throws {
    let url = model.url.appending(path: "basis.safetensors")
    let file = try SafetensorsFile(url)
    var writer = SafetensorsWriter(metadata: file.metadata)
    for name in file.names {
      let tensor = try file.tensor(name)
      writer.add(name, name.hasSuffix(".lora_B") ? tensor * 0 : tensor)
    }
    try writer.write(to: url)
    #expect(try await model.editor().edit(.small(steps: 1)).recipe.warnings.contains { $0.contains("B matrices") })
  }
}

@Suite("Recipes")
struct RecipeTests {
  @Test("A recipe written as JSON and read is the same, and reads the same again")
  func roundTrip() async throws {
    var edit = try AnalogyEdit.small(b: .pattern(37, 61), seed: .max, steps: 1)
    edit.prompt = "snow, \"ice\"\n\u{1F98A} é"
    edit.strength = -0.1
    edit.guidance = 1.0 / 3
    let model = try TestModel()
    let recipe = try await model.editor().edit(edit).recipe
    for pretty in [false, true] {
      let text = try recipe.json(pretty: pretty)
      let read = try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
      #expect(try read == recipe && read.json(pretty: pretty) == text)
    }
    #expect(recipe.seed == .max && recipe.prompt == edit.prompt && recipe.canvas.b == PictureSize(width: 37, height: 61))
    #expect(
      recipe.encoder == "the model's own" && recipe.basis == "basis.safetensors" && recipe.dtype == "float32"
        && recipe.device == "cpu")
  }
}

/// Counts the operators of some work, and does something before one of them runs.
private final class OperatorCount: Sendable {
  private let calls = Mutex(0)
  private let number: Int
  private let action: @Sendable () -> Void
  var count: Int { calls.withLock(\.self) }

  init(at number: Int = 0, _ action: @escaping @Sendable () -> Void = {}) { (self.number, self.action) = (number, action) }

  func during<Result>(_ work: () async throws -> Result) async rethrows -> Result {
    try await Op.$observer.withValue({ _ in self.note() }, operation: work)
  }

  private func note() {
    let count = calls.withLock { calls in
      calls += 1
      return calls
    }
    if count == number { action() }
  }
}

extension AnalogyEditor {
  /// b′ as the base paints it: everything as for an edit, but no basis, and a model that never had one.
  fileprivate func paintedWithoutBasis(_ edit: AnalogyEdit, by folder: ModelFolder) async throws -> Picture {
    try await ModelHost(folder, dtype: .float32).perform { model in
      let plan = try model.canvasPlan(a: edit.a.size, aPrime: edit.aPrime.size, b: edit.b.size)
      let sampling = try edit.sampling(else: model.usage)
      let canvas = try plan.canvas(a: edit.a, aPrime: edit.aPrime, b: edit.b)
      let painting = Painting(
        context: try model.latents(of: canvas), target: plan.canvas,
        factor: try model.spatialFactor(), conditioning: [try model.conditioning(edit.prompt)], seeds: [sampling.seed],
        steps: sampling.steps, guidance: sampling.guidance)
      return try plan.bPrime(fromCanvas: model.picture(of: model.backbone.paint(painting, model.parts) { _ in }))
    }
  }
}
