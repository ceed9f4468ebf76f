/// The shape of a DINOv2 vision transformer, keys as in transformers' Dinov2Config; a missing key has that class's value.
public struct DINOv2Config: Codable, Sendable, Equatable {
  /// Sides of the pictures in pixels; the position table is for this size.
  public var imageSize: Int
  /// Sides of a patch in pixels.
  public var patchSize: Int
  /// Channels of a token.
  public var width: Int
  /// Width of the feed-forward over the width of a token.
  public var feedForwardRatio: Int
  /// Number of layers.
  public var layers: Int
  /// Attention heads, which share the width equally.
  public var heads: Int
  /// Of the layer normalisations.
  public var epsilon: Double

  /// Everything by hand.
  public init(
    imageSize: Int, patchSize: Int, width: Int, feedForwardRatio: Int = 4, layers: Int, heads: Int, epsilon: Double = 1e-6
  ) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.width = width
    self.feedForwardRatio = feedForwardRatio
    self.layers = layers
    self.heads = heads
    self.epsilon = epsilon
  }

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case width = "hidden_size"
    case feedForwardRatio = "mlp_ratio"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case epsilon = "layer_norm_eps"
  }

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    imageSize = try file.value(.imageSize, else: 224)
    patchSize = try file.value(.patchSize, else: 14)
    width = try file.value(.width, else: 768)
    feedForwardRatio = try file.value(.feedForwardRatio, else: 4)
    layers = try file.value(.layers, else: 12)
    heads = try file.value(.heads, else: 12)
    epsilon = try file.value(.epsilon, else: 1e-6)
  }

  /// Patches of a picture.
  var patches: Int { (imageSize / patchSize) * (imageSize / patchSize) }

  /// - Throws: `ModelError.badConfig` for sizes no vision transformer can have.
  public func validate() throws {
    let model = DINOv2Model.name
    try checkPatches(imageSize: imageSize, patchSize: patchSize, channels: 3, of: model)
    try checkSize("hidden_size", width, of: model)
    try checkSize("mlp_ratio", feedForwardRatio, of: model, in: 1...64)
    try checkSize("num_hidden_layers", layers, of: model, in: 1...1024)
    try checkSize("num_attention_heads", heads, of: model)
    try checkEpsilon("layer_norm_eps", epsilon, of: model)
    guard width.isMultiple(of: heads) else {
      throw ModelError.badConfig(
        "The \(model)'s hidden_size \(width) can't be shared equally by num_attention_heads \(heads).")
    }
  }
}
