import Foundation
import LoRWeBPictures
import Testing

@testable import LoRWeB

@Suite("What of a prompt an edit doesn't use")
struct PromptCutTests {
  private let album =
    "make the whole picture look like an old hand coloured photograph from a family album with a soft white border and faded "
    + "corners"

  @Test("The embedded model says which words its text encoders don't see, and which characters its vocabularies lack")
  func embedded() throws {
    let folder = try ModelFolder(EmbeddedModel.folder())
    for tail in [", and turn the sky green", ", and put a red top hat on the cat"] {
      let warnings = try folder.warnings(onPrompt: album + tail)
      #expect(warnings.count == 2)
      #expect(warnings.first?.hasSuffix("\(tail)\" (32 tokens at most).") == true, "\(warnings)")
      #expect(warnings.last?.hasSuffix("\(tail)\" (24 tokens at most).") == true, "\(warnings)")
    }
    #expect(
      try folder.warnings(onPrompt: "夜にしてください") == [
        "What the prompt says in characters that CLIP's vocabulary lacks is not used: \"夜にしてください\".",
        "What the prompt says in characters that T5's vocabulary lacks is not used: \"夜にしてください\".",
      ])
    #expect(try folder.warnings(onPrompt: "make it night") == [])
    #expect(try folder.warnings(onPrompt: "") == [])
  }

  @Test("An edit's recipe has the same sentences among its warnings")
  func recipe() async throws {
    let model = try TestModel()
    var edit = try AnalogyEdit.small(steps: 1)
    edit.prompt = album + ", and turn the sky green"
    let warnings = try await model.editor().edit(edit).recipe.warnings
    #expect(try warnings == ModelFolder(model.url).warnings(onPrompt: edit.prompt) && warnings.count == 2)
  }
}
