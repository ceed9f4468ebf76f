import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// Where an image encoder's files lie: a folder of its own, as downloaded, or two components of a model folder.
struct EncoderFiles: Sendable {
  /// Holds `config.json` and the weights.
  let folder: URL
  /// `preprocessor_config.json`, in the encoder's folder or, in a model folder, in the feature extractor's beside it.
  let preprocessor: URL

  /// - Throws: `ModelFolderError` if the encoder isn't there or nothing says how pictures are prepared.
  init(_ encoder: URL) throws {
    func exists(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) }
    guard exists(encoder.appending(path: "config.json")) else {
      throw ModelFolderError.noImageEncoder(encoder.path(percentEncoded: false))
    }
    let own = encoder.appending(path: "preprocessor_config.json")
    let beside = encoder.standardizedFileURL.deletingLastPathComponent()
      .appending(path: "\(ModelFolder.Component.featureExtractor.rawValue)/preprocessor_config.json")
    guard let found = [own, beside].first(where: exists) else {
      throw ModelFolderError.badFile(own.path(percentEncoded: false), "it is missing; it says how pictures are prepared")
    }
    folder = encoder
    preprocessor = found
  }

  /// What `config.json` says.
  func config() throws -> ImageEncoderConfig {
    let file = folder.appending(path: "config.json")
    return try ImageEncoderConfig(json: ModelFolder.read(file), named: file.path(percentEncoded: false))
  }

  func preprocess() throws -> ImagePreprocessor {
    try ImagePreprocessor(json: ModelFolder.read(preprocessor), named: preprocessor.path(percentEncoded: false))
  }

  func load(dtype: DType, device: Device) throws -> any ImageEncoder {
    try config().load(from: CheckpointSource(folder), dtype: dtype, device: device)
  }
}

extension ModelFolder {
  /// How pictures are prepared for the folder's image encoder.
  ///
  /// - Throws: `ModelFolderError`, `ModelError.badConfig`.
  public func imagePreprocessor() throws -> ImagePreprocessor { try EncoderFiles(folder(.imageEncoder)).preprocess() }
}
