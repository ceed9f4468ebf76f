import Foundation
import LoRWeBTorch

/// Which image encoder a folder's config.json describes, and how to build it.
public enum ImageEncoderConfig: Sendable, Equatable {
  /// CLIP with its projection.
  case clip(CLIPVisionConfig)
  /// SigLIP, and SigLIP2 for pictures of one size.
  case siglip(SigLIPVisionConfig)
  /// SigLIP2 for pictures of any shape.
  case siglip2(SigLIP2VisionConfig)

  /// Reads config.json: the vision part's `model_type`, else the whole model's, else its architecture's name.
  ///
  /// SigLIP2 for pictures of one size says `siglip`, or `siglip2` with an `image_size` in place of `num_patches`; it is built as SigLIP.
  /// - Parameter name: what to call the file in messages.
  /// - Throws: `ModelError.badConfig` for another model's file or sizes that no encoder can have.
  public init(json: Data, named name: String = "config.json") throws {
    let header = try readConfig(Header.self, from: json, named: name)
    switch header.family {
    case "clip", "clip_vision_model": self = .clip(try readConfig(from: json, named: name))
    case "siglip", "siglip_vision_model": self = .siglip(try readConfig(from: json, named: name))
    case "siglip2", "siglip2_vision_model":
      self =
        header.hasFixedSize
        ? .siglip(try readConfig(from: json, named: name)) : .siglip2(try readConfig(from: json, named: name))
    default:
      throw ModelError.badConfig(
        "\(name): model_type is \(header.family.map { "\"\($0)\"" } ?? "missing"), expected an image encoder's: clip, siglip or "
          + "siglip2, alone or with _vision_model.")
    }
    try validate()
  }

  private func validate() throws {
    switch self {
    case .clip(let config): try config.validate()
    case .siglip(let config): try config.validate()
    case .siglip2(let config): try config.validate()
    }
  }

  /// Width of an embedding, known before any weights are read.
  public var width: Int {
    switch self {
    case .clip(let config): config.projectionWidth
    case .siglip(let config): config.layers.width
    case .siglip2(let config): config.layers.width
    }
  }

  /// Builds the encoder from weights, which may be those of a joint text and picture model.
  /// - Throws: `ModelError` if the weights are another encoder's, or of the other form of patch embedding; what reading throws.
  public func load(from source: any WeightSource, dtype: DType, device: Device = .cpu) throws -> any ImageEncoder {
    try checkPatchEmbedding(of: source)
    return try LoRWeBModels.load(from: source, dtype: dtype, device: device, ignoring: ignores, build)
  }

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public func build(_ scope: Scope) throws -> any ImageEncoder {
    switch self {
    case .clip(let config): try CLIPVisionModel(scope, config: config)
    case .siglip(let config): try SigLIPVisionModel(scope, config: config)
    case .siglip2(let config): try SigLIP2VisionModel(scope, config: config)
    }
  }

  /// Names that a file may hold besides the encoder's.
  public func ignores(_ name: String) -> Bool {
    switch self {
    case .clip: CLIPVisionModel.ignores(name)
    case .siglip: SigLIPVisionModel.ignores(name)
    case .siglip2: SigLIP2VisionModel.ignores(name)
    }
  }

  /// The two forms of SigLIP2 differ in how patches come in. transformers fills a wrong one with random numbers and only warns.
  /// - Throws: `ModelError.badConfig`.
  public func checkPatchEmbedding(of source: any WeightSource) throws {
    let name = "vision_model.embeddings.patch_embedding.weight"
    guard let found = source.shape(of: name) else { return }
    let (expected, form) = patchEmbedding
    guard found.count != expected.count else { return }
    let other = found.count == 4 ? "a convolution over pictures of one size" : "a linear over patches of pictures of any shape"
    throw ModelError.badConfig(
      "config.json describes \(form) \(expected) but \(name) in \(source.location) is \(other) \(found); use the config.json that "
        + "belongs to the weights.")
  }

  private var patchEmbedding: (shape: [Int], form: String) {
    func convolution(_ width: Int, _ patch: Int) -> ([Int], String) {
      ([width, 3, patch, patch], "a patch embedding by convolution over pictures of one size")
    }
    return switch self {
    case .clip(let config): convolution(config.layers.width, config.patchSize)
    case .siglip(let config): convolution(config.layers.width, config.patchSize)
    case .siglip2(let config):
      ([config.layers.width, config.patchSamples], "a patch embedding by a linear over patches of pictures of any shape")
    }
  }
}

/// What tells the families apart.
private struct Header: Decodable {
  let family: String?
  let hasFixedSize: Bool

  private enum CodingKeys: String, CodingKey {
    case family = "model_type"
    case architectures
    case imageSize = "image_size"
    case positions = "num_patches"
    case joint = "vision_config"
  }

  init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    let whole = try file.decodeIfPresent(String.self, forKey: .family) ?? Self.family(of: file)
    let vision = file.contains(.joint) ? try file.nestedContainer(keyedBy: CodingKeys.self, forKey: .joint) : file
    family = try vision.decodeIfPresent(String.self, forKey: .family) ?? whole
    hasFixedSize = vision.contains(.imageSize) && !vision.contains(.positions)
  }

  /// By the architecture's name, such as `SiglipVisionModel`.
  private static func family(of file: KeyedDecodingContainer<CodingKeys>) throws -> String? {
    let architecture = try file.decodeIfPresent([String].self, forKey: .architectures)?.first?.lowercased()
    return ["siglip2", "siglip", "clip"].first { architecture?.hasPrefix($0) ?? false }
  }
}
