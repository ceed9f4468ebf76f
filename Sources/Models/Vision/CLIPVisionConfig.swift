/// The shape of a CLIP vision encoder, as config.json says it; of a joint text and picture model its `vision_config` is taken. A key
/// that is left out has the value of transformers' CLIPVisionConfig.
public struct CLIPVisionConfig: TabledConfig, Sendable, Equatable {
  /// Sides of the pictures in pixels.
  public var imageSize: Int
  public var patchSize: Int
  public var channels = 3
  /// Width of the projected embedding.
  public var projectionWidth: Int
  public var layers: PreNormConfig

  public static var part: String? { "vision_config" }
  public static var standard: CLIPVisionConfig {
    CLIPVisionConfig(
      imageSize: 224, patchSize: 32, projectionWidth: 512,
      layers: PreNormConfig(
        width: 768, feedForwardWidth: 3072, layers: 12, heads: 12, activation: .quickGELU, epsilon: 1e-5))
  }
  public static var table: [ConfigEntry<CLIPVisionConfig>] {
    [
      .key("image_size", \.imageSize), .key("patch_size", \.patchSize), .key("num_channels", \.channels),
      .key("projection_dim", \.projectionWidth),
    ] + PreNormConfig.table.map { $0.inside(\.layers) }
  }

  var patches: Int { (imageSize / patchSize) * (imageSize / patchSize) }

  /// - Throws: `ModelError.badConfig` for sizes no vision encoder can have.
  public func validate() throws {
    try checkPatches(imageSize: imageSize, patchSize: patchSize, channels: channels, of: CLIPVisionModel.name)
    try checkSize("projection_dim", projectionWidth, of: CLIPVisionModel.name)
    try layers.validate(model: CLIPVisionModel.name)
  }
}

/// Refuses sizes of which no whole patch can be made.
func checkPatches(imageSize: Int, patchSize: Int, channels: Int, of model: String) throws {
  try checkSize("image_size", imageSize, of: model)
  try checkSize("patch_size", patchSize, of: model, in: 1...1024)
  try checkSize("num_channels", channels, of: model, in: 3...3)
  guard patchSize <= imageSize else {
    throw ModelError.badConfig("The \(model)'s patch_size \(patchSize) is larger than its image_size \(imageSize).")
  }
}
