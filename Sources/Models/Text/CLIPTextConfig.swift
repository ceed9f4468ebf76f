/// The shape of a CLIP text encoder, as config.json says it; of a joint text and picture model its `text_config` is taken.
///
/// A key that the file leaves out has the value of transformers' CLIPTextConfig, which writes only what differs.
public struct CLIPTextConfig: Codable, Sendable, Equatable {
  /// Tokens of the vocabulary.
  public var vocabulary: Int
  /// Longest row of tokens.
  public var positions: Int
  /// The token at which the pooled vector is taken; 2 has a meaning of its own, see `CLIPTextModel`.
  public var endToken: Int
  /// Of the transformer layers.
  public var layers: PreNormConfig

  /// Everything by hand.
  public init(vocabulary: Int, positions: Int, endToken: Int, layers: PreNormConfig) {
    self.vocabulary = vocabulary
    self.positions = positions
    self.endToken = endToken
    self.layers = layers
  }

  enum CodingKeys: String, CodingKey {
    case vocabulary = "vocab_size"
    case positions = "max_position_embeddings"
    case endToken = "eos_token_id"
    case joint = "text_config"
  }

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    if file.contains(.joint) {
      self = try file.decode(Self.self, forKey: .joint)
      return
    }
    vocabulary = try file.value(.vocabulary, else: 49408)
    positions = try file.value(.positions, else: 77)
    endToken = try file.value(.endToken, else: 49407)
    layers = try PreNormConfig(
      from: decoder,
      else: PreNormConfig(width: 512, feedForwardWidth: 2048, layers: 12, heads: 8, activation: .quickGELU, epsilon: 1e-5))
  }

  /// Writes config.json's keys, one level deep.
  public func encode(to encoder: any Encoder) throws {
    var file = encoder.container(keyedBy: CodingKeys.self)
    try file.encode(vocabulary, forKey: .vocabulary)
    try file.encode(positions, forKey: .positions)
    try file.encode(endToken, forKey: .endToken)
    try layers.encode(to: encoder)
  }

  /// - Throws: `ModelError.badConfig` for sizes no text encoder can have.
  public func validate() throws {
    try checkSize("vocab_size", vocabulary, of: CLIPTextModel.name, in: 1...16_777_216)
    try checkSize("max_position_embeddings", positions, of: CLIPTextModel.name)
    try layers.validate(model: CLIPTextModel.name)
  }
}
