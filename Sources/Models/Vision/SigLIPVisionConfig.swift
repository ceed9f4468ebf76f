/// The shape of a SigLIP vision encoder for pictures of one size, SigLIP2's included, as config.json says it; of a joint text and
/// picture model its `vision_config` is taken. A key that is left out has the value of transformers' SiglipVisionConfig.
public struct SigLIPVisionConfig: TabledConfig, Sendable, Equatable {
  /// Sides of the pictures in pixels.
  public var imageSize: Int
  public var patchSize: Int
  public var channels = 3
  /// Whether there is a pooling head; without one there is no embedding.
  public var hasHead = true
  public var layers: PreNormConfig

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
