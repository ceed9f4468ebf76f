import Foundation
import LoRWeBAdapters
import LoRWeBModels

/// Where a model's parts come from, whatever the layout: a part's settings and its weights, in the names the models ask for.
/// Making one reads little and no weights; what it hands out is opened each time anew, and kept by `OpenedSource`.
public protocol ModelSource: PartSettings, Sendable {
  /// For messages, such as the folder's path.
  var location: String { get }
  /// How the model wants to be used.
  var usage: ModelUsage { get }
  /// The model's own basis, if it has one.
  var basis: URL? { get }
  /// A part's weights, headers read.
  /// - Throws: `ModelFolderError` if the part is missing, `CheckpointError` for broken files.
  func weights(of part: ModelPart) throws -> any WeightSource
  /// The folder with a tokenizer's files.
  /// - Throws: `ModelFolderError` if it is missing.
  func vocabulary(of part: ModelPart) throws -> URL
  /// Files, and folders, with everything that makes a part what it is: settings, weights, vocabulary.
  /// - Throws: `ModelFolderError` if the part is missing.
  func places(of part: ModelPart) throws -> [URL]
}

/// Hands out the settings of a model's parts.
public protocol PartSettings {
  /// A part's settings as JSON.
  /// - Throws: `ModelFolderError` if the part or its settings are missing.
  func settings(of part: ModelPart) throws -> Settings
}

/// A settings file's text, and what to call it in messages.
public struct Settings: Sendable {
  public let json: Data
  public let name: String

  public init(json: Data, name: String) { (self.json, self.name) = (json, name) }

  /// - Throws: `ModelError.badConfig` naming file and key.
  public func config<Config: Decodable>(_ type: Config.Type = Config.self) throws -> Config {
    try readConfig(type, from: json, named: name)
  }
}

extension PartSettings {
  /// - Throws: what `settings(of:)` throws, `ModelError.badConfig` naming file and key.
  public func config<Config: Decodable>(_ type: Config.Type = Config.self, of part: ModelPart) throws -> Config {
    try settings(of: part).config(type)
  }

  public func imageEncoder() throws -> ImageEncoderConfig {
    let settings = try settings(of: .imageEncoder)
    return try ImageEncoderConfig(json: settings.json, named: settings.name)
  }

  /// How pictures are prepared for the image encoder.
  public func imagePreprocessor() throws -> ImagePreprocessor {
    let settings = try settings(of: .featureExtractor)
    return try ImagePreprocessor(json: settings.json, named: settings.name)
  }
}

extension ModelSource {
  /// What the image encoder is called: as its own settings say, as the model's own basis calls it, or by its folders.
  /// - Throws: as `config(of:)`; `CheckpointError`, `AdapterError` for a basis that is none.
  public func imageEncoderName() throws -> String {
    if let name = try config(NamedConfig.self, of: .imageEncoder)._name_or_path, !name.isEmpty { return name }
    guard let place = try places(of: .imageEncoder).first?.standardizedFileURL else { return location }
    let model = place.deletingLastPathComponent()
    if place.lastPathComponent == ModelPart.imageEncoder.rawValue, let basis,
      basis.standardizedFileURL.deletingLastPathComponent() == model
    {
      return try BasisFile(basis).router.settings.encoder
    }
    return "\(model.lastPathComponent)/\(place.lastPathComponent)"
  }
}

/// The name that transformers puts into a model's settings.
private struct NamedConfig: Decodable { let _name_or_path: String? }
