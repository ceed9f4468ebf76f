import Foundation
import LoRWeB
import LoRWeBPictures
import Testing

@Suite("Edits by words alone with a model of random weights")
struct PromptEditTests {
  private let model: TestModel
  private let editor: AnalogyEditor

  init() throws {
    model = try TestModel()
    editor = try model.editor()
  }

  private func edit(_ prompt: String = "make it snow", b: Picture? = nil) throws -> PromptEdit {
    var edit = PromptEdit(b: try b ?? .pattern(40, 40, shift: 9), prompt: prompt)
    edit.steps = 2
    return edit
  }

  @Test("The same seed gives the same picture; seed, steps, guidance, prompt and b each change it")
  func settings() async throws {
    let first = try await editor.edit(edit())
    let again = try await model.editor().edit(edit())
    #expect(first.picture == again.picture && first.painted == again.painted)
    let changes: [(inout PromptEdit) throws -> Void] = [
      { $0.seed = 1 }, { $0.steps = 3 }, { $0.guidance = 9 }, { $0.effort = .balanced }, { $0.prompt = "make it night" },
      { $0.b = try .pattern(40, 40) },
    ]
    for change in changes {
      var other = try edit()
      try change(&other)
      #expect(try await editor.edit(other).painted != first.painted)
    }
  }

  @Test("It is the base's own: what the basis says changes nothing")
  func noBasis() async throws {
    let first = try await editor.edit(edit())
    let other = try TestModel(seed: 1)
    let foreign = try AnalogyEditor(model: .folder(model.url), basis: other.url.appending(path: "basis.safetensors"))
    #expect(try await foreign.edit(edit()).painted == first.painted)
    #expect(try await foreign.edit(.small(steps: 2)).painted != editor.edit(.small(steps: 2)).painted)
  }

  @Test("The result has b's size and transparency, painted is a tile", arguments: AnalogyEdit.Details.allCases)
  func sizes(details: AnalogyEdit.Details) async throws {
    let alpha = (0..<37 * 61).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var request = try edit(b: .pattern(37, 61, alpha: alpha))
    request.details = details
    let result = try await editor.edit(request)
    #expect(result.picture.size == PictureSize(width: 37, height: 61) && result.picture.alpha == alpha)
    #expect(result.painted.size == PictureSize(width: 64, height: 64))
  }

  @Test("Numbers and pictures no edit can be made with are refused in a sentence")
  func refusals() async throws {
    var (steps, guidance) = (try edit(), try edit())
    (steps.steps, guidance.guidance) = (0, -1)
    let (badSteps, badGuidance, long) = (steps, guidance, try edit(b: .pattern(210, 10)))
    await expectSentence("Steps") { _ = try await editor.edit(badSteps) }
    await expectSentence("guidance") { _ = try await editor.edit(badGuidance) }
    await expectSentence("crop it") { _ = try await editor.edit(long) }
  }
}
