import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels

/// A model with the image encoder of another folder: one a basis was trained with, as downloaded.
public struct EncoderFolder: ModelSource {
  private let base: any ModelSource
  private let folder, preprocessor: URL

  /// - Throws: `ModelFolderError` if the encoder isn't there or nothing says how pictures are prepared.
  public init(_ folder: URL, for base: any ModelSource) throws {
    (self.base, self.folder, preprocessor) = (base, folder, try Self.preprocessor(of: folder))
  }

  /// `preprocessor_config.json` of an encoder's folder: in it or, in a model folder, in the feature extractor's beside it.
  /// - Throws: `ModelFolderError`.
  static func preprocessor(of encoder: URL) throws -> URL {
    guard Folder.isThere(encoder.appending(path: ModelPart.imageEncoder.settingsName)) else {
      throw ModelFolderError.noImageEncoder(encoder.path(percentEncoded: false))
    }
    let name = ModelPart.featureExtractor.settingsName
    let own = encoder.appending(path: name)
    let beside = encoder.standardizedFileURL.deletingLastPathComponent()
      .appending(path: "\(ModelPart.featureExtractor.rawValue)/\(name)")
    guard let found = [own, beside].first(where: Folder.isThere) else {
      throw ModelFolderError.badFile(own.path(percentEncoded: false), "it is missing; it says how pictures are prepared")
    }
    return found
  }

  public var location: String { base.location }
  public var usage: ModelUsage { base.usage }
  public var basis: URL? { base.basis }

  public func settings(of part: ModelPart) throws -> Settings {
    switch part {
    case .imageEncoder: try ModelFolder.settings(folder.appending(path: part.settingsName))
    case .featureExtractor: try ModelFolder.settings(preprocessor)
    default: try base.settings(of: part)
    }
  }

  public func weights(of part: ModelPart) throws -> any WeightSource {
    part == .imageEncoder ? try CheckpointSource(folder) : try base.weights(of: part)
  }

  public func vocabulary(of part: ModelPart) throws -> URL { try base.vocabulary(of: part) }

  public func folders(of part: ModelPart) throws -> [URL] {
    part == .imageEncoder ? [folder, preprocessor.deletingLastPathComponent()] : try base.folders(of: part)
  }
}
