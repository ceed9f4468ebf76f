import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import Testing

@Suite("What of a prompt an edit doesn't use")
struct PromptCutTests {
  private let album =
    "make the whole picture look like an old hand coloured photograph from a family album with a soft white border and faded "
    + "corners"

  /// What the tokenizers of a model folder say.
  private func warnings(_ prompt: String, _ folder: URL) throws -> [String] {
    try CLIPTokenizer(folder: folder.appending(path: "tokenizer")).encode(prompt).warnings()
      + T5Tokenizer(folder: folder.appending(path: "tokenizer_2")).encode(prompt).warnings()
  }

  @Test("The embedded model says which words its text encoders don't see, and which characters its vocabularies lack")
  func embedded() throws {
    let folder = try EmbeddedModel.folder()
    for tail in [", and turn the sky green", ", and put a red top hat on the cat"] {
      let found = try warnings(album + tail, folder)
      #expect(found.count == 2)
      #expect(found.first?.hasSuffix("\(tail)\" (32 tokens at most).") == true, "\(found)")
      #expect(found.last?.hasSuffix("\(tail)\" (24 tokens at most).") == true, "\(found)")
    }
    #expect(
      try warnings("夜にしてください", folder) == [
        "What the prompt says in characters that CLIP's vocabulary lacks is not used: \"夜にしてください\".",
        "What the prompt says in characters that T5's vocabulary lacks is not used: \"夜にしてください\".",
      ])
    #expect(try warnings("make it night", folder) == [])
    #expect(try warnings("", folder) == [])
  }

  @Test("An edit's recipe has the same sentences among its warnings")
  func recipe() async throws {
    let model = try TestModel()
    var edit = try AnalogyEdit.small(steps: 1)
    edit.prompt = album + ", and turn the sky green"
    let found = try await model.editor().edit(edit).recipe.warnings
    #expect(try found == warnings(edit.prompt, model.url) && found.count == 2)
  }
}
