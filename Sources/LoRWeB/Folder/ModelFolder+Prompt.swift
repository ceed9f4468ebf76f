import LoRWeBCheckpoints
import LoRWeBModels

extension ModelFolder {
  /// What of a prompt the folder's text encoders don't see, a sentence each, such as
  /// `The prompt's end is not used by CLIP: "…" (77 tokens at most).` FLUX's T5 sees more of a prompt than its CLIP.
  ///
  /// - Throws: `TokenizerError`.
  func warnings(onPrompt prompt: String) throws -> [String] {
    try CLIPTokenizer(folder: folder(.tokenizer)).encode(prompt).warnings()
      + T5Tokenizer(folder: folder(.tokenizer2)).encode(prompt).warnings()
  }
}
