import Foundation
import LoRWeB
import LoRWeBAdapters

/// A library's sentence with the option of this tool that mends what is wrong: libraries don't know the options.
struct OptionNamed: LocalizedError {
  let errorDescription: String?

  /// The error itself where no one option mends it.
  static func added(to error: any Error) -> any Error {
    let option: String
    switch error {
    case ModelFolderError.notAFolder, ModelFolderError.notDiffusers: option = "--model"
    case ModelFolderError.noImageEncoder, AdapterError.doesNotFitEncoder: option = "--encoder"
    default: return error
    }
    let sentence = error.localizedDescription
    return OptionNamed(errorDescription: "\(sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]) (\(option)).")
  }
}
