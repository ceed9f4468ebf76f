/// The shape of a SigLIP vision encoder for pictures of one size, as config.json says it; of a joint text and picture model its
/// `vision_config` is taken. SigLIP2 files for pictures of one size have this shape too.
///
/// A key that the file leaves out has the value of transformers' SiglipVisionConfig, which writes only what differs.
public struct SigLIPVisionConfig: TabledConfig, Sendable, Equatable {
  /// Sides of the pictures in pixels.
  public var imageSize: Int
  public var patchSize: Int
  public var channels: Int
  /// Whether there is a pooling head; without one there is no embedding.
  public var hasHead: Bool
  public var layers: PreNormConfig

  public init(imageSize: Int, patchSize: Int, channels: Int = 3, layers: PreNormConfig) {
    (self.imageSize, self.patchSize, self.channels) = (imageSize, patchSize, channels)
    hasHead = true
    self.layers = layers
  }

  /// What transformers means by a key that is missing, in SigLIP and SigLIP2.
  static let defaultLayers = PreNormConfig(
    width: 768, feedForwardWidth: 3072, layers: 12, heads: 12, activation: .geluTanh, epsilon: 1e-6)

  public static var part: String? { "vision_config" }
  public static var standard: SigLIPVisionConfig { SigLIPVisionConfig(imageSize: 224, patchSize: 16, layers: defaultLayers) }
  public static var table: [ConfigEntry<SigLIPVisionConfig>] {
    [
      .key("image_size", \.imageSize), .key("patch_size", \.patchSize), .key("num_channels", \.channels),
      .key("vision_use_head", \.hasHead),
    ] + PreNormConfig.table.map { $0.inside(\.layers) }
  }

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
