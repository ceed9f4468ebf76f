import Foundation
import LoRWeBPictures
import Testing

@testable import LoRWeB

@Suite("Efforts and what goes together")
struct EffortTests {
  private func settings(_ usage: ModelUsage = ModelUsage(), _ change: (inout SamplingChoice) -> Void = { _ in }) throws
    -> String
  {
    var choice = SamplingChoice()
    change(&choice)
    let settings = try SamplingSettings(seed: 0, choice, else: usage)
    return "\(settings.solver) \(settings.steps) \(settings.canvas) \(settings.keep)"
  }

  private func usage(steps: Int? = nil, _ change: (inout ModelUsage) -> Void = { _ in }) -> ModelUsage {
    var usage = ModelUsage(steps: steps)
    change(&usage)
    return usage
  }

  @Test("Without a word it is the folder's, else as published; an effort sets all but the steps that were said")
  func usual() throws {
    #expect(try settings() == "euler 28 full 1")
    #expect(try settings(usage(steps: 12) { ($0.canvas, $0.solver, $0.keep) = (.lean, .ab2, 3) }) == "ab2 12 lean 3")
    #expect(try settings { $0.effort = .exact } == "euler 28 full 1")
    #expect(try settings { $0.effort = .balanced } == "ab2 8 quarter 1")
    #expect(try settings { $0.effort = .fast } == "ab2 8 quarter 2")
    #expect(try settings { ($0.effort, $0.steps) = (.fast, 20) } == "ab2 20 quarter 2")
    #expect(try settings { ($0.effort, $0.canvas, $0.keep) = (.balanced, .lean, 4) } == "ab2 8 lean 4")
    #expect(try settings { ($0.solver, $0.steps) = (.ab2, 7) } == "ab2 7 full 1")
  }

  @Test("On a model whose folder asks for one step an effort changes the canvas only, unless more steps are said")
  func oneStep() throws {
    let one = usage(steps: 1) { $0.canvas = .single }
    #expect(try settings(one) == "euler 1 single 1")
    #expect(try settings(one) { $0.effort = .exact } == "euler 1 full 1")
    #expect(try settings(one) { $0.effort = .balanced } == "euler 1 quarter 1")
    #expect(try settings(one) { $0.effort = .fast } == "euler 1 quarter 1")
    #expect(try settings(one) { ($0.effort, $0.steps) = (.fast, 8) } == "ab2 8 quarter 2")
    #expect(try settings(one) { $0.steps = 28 } == "euler 28 single 1")
  }

  @Test("What a folder asks for gives way to fewer steps, and its steps for ab2 aren't Euler's")
  func givesWay() throws {
    let short = usage(steps: 8) { ($0.solver, $0.keep) = (.ab2, 4) }
    #expect(try settings(short) { $0.steps = 1 } == "euler 1 full 1")
    #expect(try settings(short) { $0.steps = 4 } == "ab2 4 full 1")
    #expect(try settings(short) { $0.effort = .exact } == "euler 28 full 1")
    #expect(try settings { ($0.effort, $0.steps) = (.fast, 2) } == "ab2 2 quarter 1")
  }

  @Test("Choices that contradict each other or would change nothing are refused in a sentence")
  func refused() async throws {
    let cases: [([String], (inout SamplingChoice) -> Void)] = [
      (["exact", "canvas quarter"], { ($0.effort, $0.canvas) = (.exact, .quarter) }),
      (["exact", "solver ab2"], { ($0.effort, $0.solver) = (.exact, .ab2) }),
      (["exact", "keep 2"], { ($0.effort, $0.keep) = (.exact, 2) }),
      (["ab2", "one step only"], { ($0.solver, $0.steps) = (.ab2, 1) }),
      (["found 0"], { $0.keep = 0 }), (["found -3"], { $0.keep = -3 }),
      (["for 4 of 4 steps"], { ($0.keep, $0.steps) = (4, 4) }), (["for 28 of 8 steps"], { ($0.keep, $0.effort) = (28, .fast) }),
      (["for 2 of 1 steps"], { ($0.keep, $0.steps) = (2, 1) }), (["1 to 1000"], { $0.steps = 0 }),
    ]
    for (words, change) in cases {
      await expectSentence(words[0]) { _ = try settings(usage(), change) }
      for word in words.dropFirst() { await expectSentence(word) { _ = try settings(usage(), change) } }
    }
  }

  @Test("An edit refuses them before anything is loaded, and a recipe says what was done")
  func edits() async throws {
    let model = try TestModel()
    let editor = try model.editor()
    var edit = try AnalogyEdit.small()
    (edit.effort, edit.keep) = (.exact, 2)
    let bad = edit
    await expectSentence("exact", "keep 2") {
      for try await step in editor.run(bad) { Issue.record("\(step.stage) began") }
    }
    (edit.effort, edit.keep) = (.fast, nil)
    let recipe = try await editor.edit(edit).recipe
    #expect(recipe.solver == .ab2 && recipe.layout == .quarter && recipe.keep == 2 && recipe.steps == 8 && recipe.version == 3)
    let text = try recipe.json()
    #expect(try JSONDecoder().decode(Recipe.self, from: Data(text.utf8)) == recipe)
    // One of before says nothing of it.
    var object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    for key in ["solver", "layout", "keep"] { #expect(object.removeValue(forKey: key) != nil) }
    object["version"] = 2
    let before = try JSONDecoder().decode(Recipe.self, from: JSONSerialization.data(withJSONObject: object))
    #expect(before.solver == nil && before.layout == nil && before.keep == nil && before.steps == 8)
  }

  @Test("A folder's canvas, solver and keys are what its edits take, and one that makes no sense is refused by key and choices")
  func folder() async throws {
    let model = try TestModel()
    func ask(_ values: String) throws { try model.write(#"{"_lorweb": {"tile": 64, \#(values)}}"#, to: "model_index.json") }
    try ask(#""steps": 4, "canvas": "lean", "solver": "ab2", "keep": 3"#)
    let recipe = try await model.editor().edit(.small()).recipe
    #expect(recipe.layout == .lean && recipe.solver == .ab2 && recipe.keep == 3 && recipe.steps == 4)
    for (values, word) in [
      (#""canvas": "half""#, "full, quarter, lean, single"), (#""solver": "heun""#, "euler, ab2"), (#""keep": 0"#, "keep"),
    ] {
      try ask(values)
      await expectSentence("model_index.json", word) { _ = try ModelFolder(model.url) }
    }
    let own = try ModelFolder(EmbeddedModel.folder()).usage
    #expect(own.canvas == nil && own.steps == 1 && own.solver == nil && own.keep == nil)
  }
}
