import Foundation
import LoRWeBCheckpoints

/// Where an image encoder's files lie: a folder of its own, as downloaded, or two components of a model folder.
enum EncoderFiles {
  /// `preprocessor_config.json`, in the encoder's folder or in the feature extractor's beside it.
  ///
  /// - Throws: `ModelFolderError` if the encoder isn't there or nothing says how pictures are prepared.
  static func preprocessor(encoder: URL, featureExtractor: URL?) throws -> URL {
    let path = encoder.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: encoder.appending(path: "config.json").path(percentEncoded: false)) else {
      throw ModelFolderError.noImageEncoder(path)
    }
    let candidates = [encoder, featureExtractor].compactMap { $0?.appending(path: "preprocessor_config.json") }
    guard
      let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path(percentEncoded: false)) })
    else { throw ModelFolderError.badFile(candidates[0].path(percentEncoded: false), "it is missing; it says how pictures are prepared") }
    return found
  }
}
