/// The shape of a SigLIP2 vision encoder for pictures of any shape (NaFlex), as config.json says it; of a joint text and picture
/// model its `vision_config` is taken.
///
/// A key that the file leaves out has the value of transformers' Siglip2VisionConfig, which writes only what differs.
public struct SigLIP2VisionConfig: Codable, Sendable, Equatable {
  /// Entries of the position table, a square grid.
  public var positions: Int
  /// Sides of a patch in pixels.
  public var patchSize: Int
  /// Colours of a picture.
  public var channels: Int
  /// Whether there is a pooling head; without one there is no embedding.
  public var hasHead: Bool
  /// Of the transformer layers.
  public var layers: PreNormConfig

  /// Everything by hand.
  public init(positions: Int, patchSize: Int, channels: Int = 3, layers: PreNormConfig) {
    self.positions = positions
    self.patchSize = patchSize
    self.channels = channels
    hasHead = true
    self.layers = layers
  }

  enum CodingKeys: String, CodingKey {
    case positions = "num_patches"
    case patchSize = "patch_size"
    case channels = "num_channels"
    case hasHead = "vision_use_head"
    case joint = "vision_config"
  }

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    if file.contains(.joint) {
      self = try file.decode(Self.self, forKey: .joint)
      return
    }
    positions = try file.value(.positions, else: 256)
    patchSize = try file.value(.patchSize, else: 16)
    channels = try file.value(.channels, else: 3)
    hasHead = try file.value(.hasHead, else: true)
    layers = try PreNormConfig(from: decoder, else: SigLIPVisionConfig.defaultLayers)
  }

  /// Writes config.json's keys, one level deep.
  public func encode(to encoder: any Encoder) throws {
    var file = encoder.container(keyedBy: CodingKeys.self)
    try file.encode(positions, forKey: .positions)
    try file.encode(patchSize, forKey: .patchSize)
    try file.encode(channels, forKey: .channels)
    try file.encode(hasHead, forKey: .hasHead)
    try layers.encode(to: encoder)
  }

  /// Entries along a side of the position table.
  var side: Int { Int(Double(positions).squareRoot()) }
  /// Samples of a patch.
  var patchSamples: Int { patchSize * patchSize * channels }

  /// - Throws: `ModelError.badConfig` for sizes no vision encoder can have, or no pooling head.
  public func validate() throws {
    let name = SigLIP2VisionModel.name
    try checkSize("num_patches", positions, of: name)
    try checkSize("patch_size", patchSize, of: name, in: 1...1024)
    try checkSize("num_channels", channels, of: name, in: 3...3)
    try checkHead(hasHead, of: name)
    try layers.validate(model: name)
    guard side * side == positions else {
      throw ModelError.badConfig("The \(name)'s num_patches is \(positions), expected a square number.")
    }
  }
}
