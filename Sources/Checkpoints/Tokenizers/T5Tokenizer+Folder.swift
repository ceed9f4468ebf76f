import Foundation
import LoRWeBModels

extension T5Tokenizer {
  /// Tokens of FLUX's prompts.
  private static let lengthInFLUX = 512

  /// Reads `spiece.model` and `tokenizer_config.json`, whose `model_max_length` is the tokenizer's length; `spiece.model` named
  /// alone is read for FLUX's 512 tokens.
  /// - Throws: `TokenizerError`, naming the file.
  public init(folder url: URL) throws {
    let isAlone = url.lastPathComponent == "spiece.model"
    let folder = TokenizerFolder(url: isAlone ? url.deletingLastPathComponent() : url)
    let length = try isAlone ? Self.lengthInFLUX : folder.length(folder.config(), atLeast: 1)
    let advice =
      folder.has("tokenizer.json")
      ? "the folder has only tokenizer.json, and T5's pieces are read from spiece.model: copy it there from the original T5"
      : "T5's pieces are read from it: copy it from the model's tokenizer_2"
    do {
      self = try SentencePieceFile([UInt8](folder.bytes("spiece.model", advice: advice))).tokenizer(length: length)
    } catch let damage as SentencePieceFile.Damage {
      throw folder.malformed("spiece.model", damage.problem)
    }
  }
}
