import Foundation
import LoRWeBFiles

/// Why a tokenizer can't be had from a folder.
public struct TokenizerError: ExplainedError {
  public let description: String

  init(_ path: String, _ problem: String) { description = "The tokenizer's file \(path) \(problem)." }
}
