import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// Which encoder made a feature: its files' content and the settings it ran with.
public struct EncoderIdentity: Hashable, Codable, Sendable {
  /// What tells it from every other encoder.
  public let digest: ContentDigest

  /// Endings of the files that make an encoder what it is: configuration, weights, vocabulary.
  static let extensions = ["json", "safetensors", "txt", "model"]

  /// An encoder of these files, whatever they are called and wherever they lie.
  /// - Parameter settings: whatever else changes what it gives, such as its number type or how many tokens it takes.
  /// - Throws: `CheckpointError` for a file that can't be read.
  public init(files: [URL], settings: [String] = []) throws {
    digest = ContentDigest(of: try files.map { try ContentDigest(ofFile: $0).hex } + settings)
  }

  /// An encoder of a component folder's configuration, weights and vocabulary files.
  /// - Throws: `FolderError.unlistable`, `CheckpointError`.
  public init(folders: [URL], settings: [String] = []) throws {
    var files: [URL] = []
    for folder in folders {
      files += try Folder.names(in: folder).filter { Self.extensions.contains(($0 as NSString).pathExtension) }.map {
        folder.appending(path: $0)
      }
    }
    try self.init(files: files, settings: settings)
  }
}

/// The name a feature is kept under: what was encoded, and by what.
public struct FeatureKey: Hashable, Sendable {
  /// 64 hexadecimal digits.
  public let hex: String

  /// The key of a kind of feature of some content.
  public init(kind: String, encoder: EncoderIdentity, content: [String]) {
    hex = ContentDigest(of: [kind, encoder.digest.hex] + content).hex
  }
}
