/// The shape of a CLIP text encoder, as config.json says it; of a joint text and picture model its `text_config` is taken. A key
/// that is left out has the value of transformers' CLIPTextConfig.
public struct CLIPTextConfig: TabledConfig, Sendable, Equatable {
  public var vocabulary: Int
  /// Longest row of tokens.
  public var positions: Int
  /// The token at which the pooled vector is taken; 2 has a meaning of its own, see `CLIPTextModel`.
  public var endToken: Int
  public var layers: PreNormConfig

  public static var part: String? { "text_config" }
  public static var standard: CLIPTextConfig {
    CLIPTextConfig(
      vocabulary: 49408, positions: 77, endToken: 49407,
      layers: PreNormConfig(
        width: 512, feedForwardWidth: 2048, layers: 12, heads: 8, activation: .quickGELU, epsilon: 1e-5))
  }
  public static var table: [ConfigEntry<CLIPTextConfig>] {
    [
      .key("vocab_size", \.vocabulary), .key("max_position_embeddings", \.positions), .key("eos_token_id", \.endToken),
    ] + PreNormConfig.table.map { $0.inside(\.layers) }
  }

  /// - Throws: `ModelError.badConfig` for sizes no text encoder can have.
  public func validate() throws {
    try checkSize("vocab_size", vocabulary, of: CLIPTextModel.name, in: 1...16_777_216)
    try checkSize("max_position_embeddings", positions, of: CLIPTextModel.name)
    try layers.validate(model: CLIPTextModel.name)
  }
}
