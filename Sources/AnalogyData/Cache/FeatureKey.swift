import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles

/// Which encoder made a feature: its files' content and the settings it ran with.
public struct EncoderIdentity: Hashable, Codable, Sendable {
  public let digest: ContentDigest

  /// Endings of the files that make an encoder what it is: configuration, weights, vocabulary.
  static let extensions = ["json", "safetensors", "txt", "model"]

  /// An encoder of these files, whatever they are called and wherever they lie.
  ///
  /// Large weights are told by their fingerprint, so that an encoder of 10 GB isn't read whole at every start.
  /// - Parameters:
  ///   - settings: whatever else changes what it gives, such as its number type or how many tokens it takes.
  ///   - largest: bytes of the largest file of weights that is read whole.
  /// - Throws: `CheckpointError` for a file that can't be read.
  public init(files: [URL], settings: [String] = [], readingWholeUpTo largest: Int = 64 << 20) throws {
    let digests = try files.map { file in
      try file.pathExtension == "safetensors"
        ? ContentDigest(ofWeights: file, readingWholeUpTo: largest) : ContentDigest(ofFile: file)
    }
    digest = ContentDigest(of: digests.map(\.hex) + settings)
  }

  /// An encoder of files, and of the configuration, weights and vocabulary files of folders.
  /// - Throws: `FolderError.unlistable`, `CheckpointError`.
  public init(places: [URL], settings: [String] = []) throws {
    let files = try places.flatMap { place in
      try Folder.isFolder(place) || !Folder.isThere(place)
        ? Folder.names(in: place).map { place.appending(path: $0) }.filter { Self.extensions.contains($0.pathExtension) }
        : [place]
    }
    try self.init(files: files, settings: settings)
  }
}

/// The name a feature is kept under: what was encoded, and by what.
public struct FeatureKey: Hashable, Sendable {
  /// 64 hexadecimal digits.
  public let hex: String

  public init(kind: String, encoder: EncoderIdentity, content: [String]) {
    hex = ContentDigest(of: [kind, encoder.digest.hex] + content).hex
  }
}
