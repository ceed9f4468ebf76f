/// The shape of a CLIP vision encoder, as config.json says it; of a joint text and picture model its `vision_config` is taken.
///
/// A key that the file leaves out has the value of transformers' CLIPVisionConfig, which writes only what differs.
public struct CLIPVisionConfig: Codable, Sendable, Equatable {
  /// Sides of the pictures in pixels.
  public var imageSize: Int
  /// Sides of a patch in pixels.
  public var patchSize: Int
  /// Colours of a picture.
  public var channels: Int
  /// Width of the projected embedding.
  public var projectionWidth: Int
  /// Of the transformer layers.
  public var layers: PreNormConfig

  /// Everything by hand.
  public init(imageSize: Int, patchSize: Int, channels: Int = 3, projectionWidth: Int, layers: PreNormConfig) {
    self.imageSize = imageSize
    self.patchSize = patchSize
    self.channels = channels
    self.projectionWidth = projectionWidth
    self.layers = layers
  }

  enum CodingKeys: String, CodingKey {
    case imageSize = "image_size"
    case patchSize = "patch_size"
    case channels = "num_channels"
    case projectionWidth = "projection_dim"
    case joint = "vision_config"
  }

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    if file.contains(.joint) {
      self = try file.decode(Self.self, forKey: .joint)
      return
    }
    imageSize = try file.value(.imageSize, else: 224)
    patchSize = try file.value(.patchSize, else: 32)
    channels = try file.value(.channels, else: 3)
    projectionWidth = try file.value(.projectionWidth, else: 512)
    layers = try PreNormConfig(
      from: decoder,
      else: PreNormConfig(width: 768, feedForwardWidth: 3072, layers: 12, heads: 12, activation: .quickGELU, epsilon: 1e-5))
  }

  /// Writes config.json's keys, one level deep.
  public func encode(to encoder: any Encoder) throws {
    var file = encoder.container(keyedBy: CodingKeys.self)
    try file.encode(imageSize, forKey: .imageSize)
    try file.encode(patchSize, forKey: .patchSize)
    try file.encode(channels, forKey: .channels)
    try file.encode(projectionWidth, forKey: .projectionWidth)
    try layers.encode(to: encoder)
  }

  /// Patches of a picture.
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
