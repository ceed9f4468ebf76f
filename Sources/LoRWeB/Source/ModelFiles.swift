import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels

/// A model whose parts lie wherever they lie, in any layout that is known, over another source for all that isn't named.
///
/// A part is a file of weights, or a folder with weights and settings in the layout of diffusers and transformers; a tokenizer is a
/// folder, or T5's vocabulary alone. Settings that lie beside no part are the other source's.
public struct ModelFiles: ModelSource {
  private let base: any ModelSource
  /// Whether the base has weights, or settings alone.
  private let isWhole: Bool
  private let places: [ModelPart: URL]
  private let config: URL?
  public let location: String
  public let basis: URL?

  /// - Parameters:
  ///   - places: files and folders of parts.
  ///   - base: what everything else is taken from; nil for FLUX.1-Kontext-dev's settings without any weights.
  ///   - config: the settings of a transformer that comes without, where they aren't the base's.
  ///   - location: for messages; nil for the base's.
  /// - Throws: `EmbeddedModelError` if the library's resources are not where they should be; `ModelFolderError` for an image
  ///   encoder's folder that doesn't say how pictures are prepared.
  public init(
    _ places: [ModelPart: URL], over base: (any ModelSource)? = nil, config: URL? = nil, basis: URL? = nil,
    location: String? = nil
  ) throws {
    (self.base, isWhole) = (try base ?? ModelPreset(named: "kontext-dev").folder, base != nil)
    (self.places, self.config, self.basis) = (places, config, basis ?? self.base.basis)
    self.location = location ?? self.base.location
    if let encoder = places[.imageEncoder], Folder.isFolder(encoder) || !Folder.isThere(encoder) {
      _ = try Self.preprocessor(of: encoder)
    }
  }

  public var usage: ModelUsage { base.usage }

  public func settings(of part: ModelPart) throws -> Settings {
    if part == .transformer, let config { return try ModelFolder.settings(config) }
    if part == .featureExtractor {
      guard let encoder = places[.imageEncoder], Folder.isFolder(encoder) else { return try base.settings(of: part) }
      return try ModelFolder.settings(Self.preprocessor(of: encoder))
    }
    guard let place = places[part] else { return try base.settings(of: part) }
    return try Self.settings(beside: place, for: part) ?? base.settings(of: part)
  }

  public func weights(of part: ModelPart) throws -> any WeightSource {
    guard let place = places[part] else { return try whole(part).weights(of: part) }
    let opened = try openWeights(at: place)
    guard let kind = part.layouts else { return opened }
    let weights = try RecognisedWeights(opened, as: kind).source
    if part == .transformer { try checkSizes(of: weights) }
    return weights
  }

  public func vocabulary(of part: ModelPart) throws -> URL { try places[part] ?? whole(part).vocabulary(of: part) }

  /// The base, where it has more than settings.
  private func whole(_ part: ModelPart) throws -> any ModelSource {
    guard isWhole else { throw ModelFolderError.missingParts(location, [part]) }
    return base
  }

  public func places(of part: ModelPart) throws -> [URL] {
    guard let place = places[part] else { return try base.places(of: part) }
    guard part == .imageEncoder, Folder.isFolder(place) else { return [place] }
    return [place, try Self.preprocessor(of: place).deletingLastPathComponent()]
  }

  /// A transformer file says nothing of its settings: one of other sizes than those at hand is told before all its tensors are.
  private func checkSizes(of weights: any WeightSource) throws {
    guard config == nil, let place = places[.transformer], try Self.settings(beside: place, for: .transformer) == nil else {
      return
    }
    let sizes: FluxConfig = try settings(of: .transformer).config()
    guard let found = weights.shape(of: "x_embedder.weight"), found != [sizes.width, sizes.inputChannels] else { return }
    throw ModelFolderError.otherSizes(
      place.path(percentEncoded: false), expected: "\([sizes.width, sizes.inputChannels])", found: "\(found)")
  }

  /// A part's settings that lie with its weights: a folder's `config.json`; beside a file the JSON of the same name, or a
  /// `config.json` that says it is this part's. nil if there are none.
  static func settings(beside place: URL, for part: ModelPart) throws -> Settings? {
    if Folder.isFolder(place) {
      let file = place.appending(path: part.settingsName)
      return Folder.isThere(file) ? try ModelFolder.settings(file) : nil
    }
    let own = place.deletingPathExtension().appendingPathExtension("json")
    if own != place, Folder.isThere(own) { return try ModelFolder.settings(own) }
    let shared = place.deletingLastPathComponent().appending(path: part.settingsName)
    guard Folder.isThere(shared) else { return nil }
    let settings = try ModelFolder.settings(shared)
    return (try? JSONDecoder().decode(Described.self, from: settings.json))?.kinds.contains { part.kinds.contains($0) } == true
      ? settings : nil
  }

  /// What diffusers and transformers write into a part's settings about what it is.
  private struct Described: Decodable {
    let _class_name, model_type: String?
    let architectures: [String]?
    var kinds: [String] { [_class_name, model_type].compactMap(\.self) + (architectures ?? []) }
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
}

extension ModelPart {
  /// `_class_name`, `model_type` or one of `architectures` of its settings.
  fileprivate var kinds: [String] {
    switch self {
    case .transformer: ["FluxTransformer2DModel"]
    case .vae: ["AutoencoderKL"]
    case .textEncoder: ["clip_text_model", "CLIPTextModel", "CLIPTextModelWithProjection"]
    case .textEncoder2: ["t5", "T5EncoderModel"]
    default: []
    }
  }

  /// The layouts its weights may be in; nil for parts whose names are the same everywhere.
  var layouts: WeightLayout.Part? {
    switch self {
    case .transformer: .transformer
    case .vae: .autoencoder
    case .textEncoder: .clipText
    case .textEncoder2: .t5
    case .imageEncoder, .tokenizer, .tokenizer2, .scheduler, .featureExtractor: nil
    }
  }
}
