import Foundation

/// T5's tokenizer: the sentencepiece library's ids, an end token, padding.
///
/// A prompt is text only: `</s>` or `<extra_id_0>` written in it are characters, as the library has it (transformers would take
/// them as special tokens).
public struct T5Tokenizer: Sendable {
  /// Tokens the text encoder takes, with the end: `model_max_length` of `tokenizer_config.json`.
  public let length: Int
  private let model: SentencePieceModel
  private let end: Int
  private let padding: Int

  /// Reads `spiece.model` and `tokenizer_config.json`.
  ///
  /// - Throws: `TokenizerError`, naming the file.
  public init(folder url: URL) throws {
    let folder = TokenizerFolder(url: url)
    length = try folder.length(folder.config(), atLeast: 1)
    let advice =
      folder.has("tokenizer.json")
      ? "the folder has only tokenizer.json, and T5's pieces are read from spiece.model: copy it there from the original T5"
      : "T5's pieces are read from it: copy it from the model's tokenizer_2"
    model = try SentencePieceModel(folder.bytes("spiece.model", advice: advice), path: folder.path("spiece.model"))
    guard let end = model.end, let padding = model.padding else {
      throw TokenizerError.malformed(
        path: folder.path("spiece.model"), line: nil, problem: "it has no piece for the end of a text or for padding")
    }
    (self.end, self.padding) = (end, padding)
  }

  /// How many different ids there are; the text encoder's vocabulary is at least as large.
  public var vocabularySize: Int { model.pieceCount }

  /// Token ids of a prompt: text, end, cut to `length` and padded up to it.
  ///
  /// - Throws: `TokenizerError` if the library fails.
  public func encode(_ prompt: String) throws -> TokenSequence {
    try TokenSequence(beginning: [], text: model.ids(of: prompt), end: end, padding: padding, length: length)
  }
}
