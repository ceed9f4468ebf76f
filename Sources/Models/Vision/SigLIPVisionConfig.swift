/// The shape of a SigLIP vision encoder for pictures of one size, as config.json says it; of a joint text and picture model its
/// `vision_config` is taken. SigLIP2 files for pictures of one size have this shape too.
///
/// A key that the file leaves out has the value of transformers' SiglipVisionConfig, which writes only what differs.
public struct SigLIPVisionConfig: Codable, Sendable, Equatable {
  /// Sides of the pictures in pixels.
  public var imageSize: Int
  /// Sides of a patch in pixels.
  public var patchSize: Int
  /// Colours of a picture.
  public var channels: Int
  /// Whether there is a pooling head; without one there is no embedding.
  public var hasHead: Bool
  /// Of the transformer layers.
  public var layers: PreNormConfig

  /// Everything by hand.
  public init(imageSize: Int, patchSize: Int, channels: Int = 3, layers: PreNormConfig) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.channels = channels
    hasHead = true
    self.layers = layers
  }

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case channels = "num_channels"
    case hasHead = "vision_use_head"
    case joint = "vision_config"
  }

  /// What transformers means by a key that is missing, in SigLIP and SigLIP2.
  static let defaultLayers = PreNormConfig(
    width: 768, feedForwardWidth: 3072, layers: 12, heads: 12, activation: .geluTanh, epsilon: 1e-6)

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    if file.contains(.joint) {
      self = try file.decode(Self.self, forKey: .joint)
      return
    }
    imageSize = try file.value(.imageSize, else: 224)
    patchSize = try file.value(.patchSize, else: 16)
    channels = try file.value(.channels, else: 3)
    hasHead = try file.value(.hasHead, else: true)
    layers = try PreNormConfig(from: decoder, else: Self.defaultLayers)
  }

  /// Writes config.json's keys, one level deep.
  public func encode(to encoder: any Encoder) throws {
    var file = encoder.container(keyedBy: CodingKeys.self)
    try file.encode(imageSize, forKey: .imageSize)
    try file.encode(patchSize, forKey: .patchSize)
    try file.encode(channels, forKey: .channels)
    try file.encode(hasHead, forKey: .hasHead)
    try layers.encode(to: encoder)
  }

  /// Patches of a picture.
  var patches: Int { (imageSize / patchSize) * (imageSize / patchSize) }

  /// - Throws: `ModelError.badConfig` for sizes no vision encoder can have, or no pooling head.
  public func validate() throws {
    try checkPatches(imageSize: imageSize, patchSize: patchSize, channels: channels, of: SigLIPVisionModel.name)
    try checkHead(hasHead, of: SigLIPVisionModel.name)
    try layers.validate(model: SigLIPVisionModel.name)
  }
}

/// Refuses an encoder that gives a picture no vector of its own.
func checkHead(_ hasHead: Bool, of model: String) throws {
  guard hasHead else {
    throw ModelError.badConfig("The \(model)'s vision_use_head is false, but the embedding comes from that head.")
  }
}
