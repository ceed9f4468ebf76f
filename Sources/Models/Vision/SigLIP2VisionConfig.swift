/// The shape of a SigLIP2 vision encoder for pictures of any shape (NaFlex), as config.json says it; of a joint text and picture
/// model its `vision_config` is taken. A key that is left out has the value of transformers' Siglip2VisionConfig.
public struct SigLIP2VisionConfig: TabledConfig, Sendable, Equatable {
  /// Entries of the position table, a square grid.
  public var positions: Int
  public var patchSize: Int
  public var channels = 3
  /// Whether there is a pooling head; without one there is no embedding.
  public var hasHead = true
  public var layers: PreNormConfig

  public static var part: String? { "vision_config" }
  public static var standard: SigLIP2VisionConfig {
    SigLIP2VisionConfig(positions: 256, patchSize: 16, layers: SigLIPVisionConfig.defaultLayers)
  }
  public static var table: [ConfigEntry<SigLIP2VisionConfig>] {
    [
      .key("num_patches", \.positions), .key("patch_size", \.patchSize), .key("num_channels", \.channels),
      .key("vision_use_head", \.hasHead),
    ] + PreNormConfig.table.map { $0.inside(\.layers) }
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
