/// The shape of a DINOv2 vision transformer, keys as in transformers' Dinov2Config; a missing key has that class's value.
public struct DINOv2Config: TabledConfig, Sendable, Equatable {
  /// Sides of the pictures in pixels; the position table is for this size.
  public var imageSize: Int
  public var patchSize: Int
  public var width: Int
  /// Width of the feed-forward over the width of a token.
  public var feedForwardRatio: Int
  public var layers: Int
  /// Attention heads, which share the width equally.
  public var heads: Int
  public var epsilon: Double

  public init(
    imageSize: Int, patchSize: Int, width: Int, feedForwardRatio: Int = 4, layers: Int, heads: Int, epsilon: Double = 1e-6
  ) {
    (self.imageSize, self.patchSize, self.width) = (imageSize, patchSize, width)
    (self.feedForwardRatio, self.layers, self.heads, self.epsilon) = (feedForwardRatio, layers, heads, epsilon)
  }

  public static var standard: DINOv2Config { DINOv2Config(imageSize: 224, patchSize: 14, width: 768, layers: 12, heads: 12) }
  public static var table: [ConfigEntry<DINOv2Config>] {
    [
      .key("image_size", \.imageSize), .key("patch_size", \.patchSize), .key("hidden_size", \.width),
      .key("mlp_ratio", \.feedForwardRatio), .key("num_hidden_layers", \.layers), .key("num_attention_heads", \.heads),
      .key("layer_norm_eps", \.epsilon),
    ]
  }

  var patches: Int { (imageSize / patchSize) * (imageSize / patchSize) }

  /// - Throws: `ModelError.badConfig` for sizes no vision transformer can have.
  public func validate() throws {
    let model = DINOv2Model.name
    try checkPatches(imageSize: imageSize, patchSize: patchSize, channels: 3, of: model)
    try checkSize("mlp_ratio", feedForwardRatio, of: model, in: 1...64)
    try layerConfig.validate(model: model)
  }

  /// Of its layers' attention and feed-forward.
  var layerConfig: PreNormConfig {
    PreNormConfig(
      width: width, feedForwardWidth: width.multipliedReportingOverflow(by: feedForwardRatio).partialValue, layers: layers,
      heads: heads, activation: .gelu, epsilon: epsilon)
  }
}
