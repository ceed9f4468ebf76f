/// The shape of a T5 encoder, as config.json says it.
///
/// A key that the file leaves out has the value of transformers' T5Config, which writes only what differs.
public struct T5Config: Codable, Sendable, Equatable {
  /// Tokens of the vocabulary.
  public var vocabulary: Int
  /// Channels of a token.
  public var width: Int
  /// Channels of one attention head; heads times this need not be the width.
  public var headWidth: Int
  /// Channels inside a feed-forward.
  public var feedForwardWidth: Int
  /// Number of blocks.
  public var layers: Int
  /// Attention heads.
  public var heads: Int
  /// Entries of the table of relative positions, half of them for tokens to the left.
  public var relativeBuckets: Int
  /// Distances from this one on share the last bucket.
  public var relativeDistance: Int
  /// Of the normalisations.
  public var epsilon: Double
  /// `gated-gelu` is the form of T5 1.1, which FLUX uses, and the one that is built here.
  public var feedForward: String

  enum CodingKeys: String, CodingKey {
    case vocabulary = "vocab_size"
    case width = "d_model"
    case headWidth = "d_kv"
    case feedForwardWidth = "d_ff"
    case layers = "num_layers"
    case heads = "num_heads"
    case relativeBuckets = "relative_attention_num_buckets"
    case relativeDistance = "relative_attention_max_distance"
    case epsilon = "layer_norm_epsilon"
    case feedForward = "feed_forward_proj"
  }

  /// Everything by hand.
  public init(
    vocabulary: Int, width: Int, headWidth: Int, feedForwardWidth: Int, layers: Int, heads: Int, relativeBuckets: Int = 32,
    relativeDistance: Int = 128, epsilon: Double = 1e-6
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.headWidth = headWidth
    self.feedForwardWidth = feedForwardWidth
    self.layers = layers
    self.heads = heads
    self.relativeBuckets = relativeBuckets
    self.relativeDistance = relativeDistance
    self.epsilon = epsilon
    feedForward = "gated-gelu"
  }

  /// Reads config.json.
  public init(from decoder: any Decoder) throws {
    let file = try decoder.container(keyedBy: CodingKeys.self)
    vocabulary = try file.value(.vocabulary, else: 32128)
    width = try file.value(.width, else: 512)
    headWidth = try file.value(.headWidth, else: 64)
    feedForwardWidth = try file.value(.feedForwardWidth, else: 2048)
    layers = try file.value(.layers, else: 6)
    heads = try file.value(.heads, else: 8)
    relativeBuckets = try file.value(.relativeBuckets, else: 32)
    relativeDistance = try file.value(.relativeDistance, else: 128)
    epsilon = try file.value(.epsilon, else: 1e-6)
    feedForward = try file.value(.feedForward, else: "relu")
  }

  /// - Throws: `ModelError.badConfig` for sizes no T5 encoder can have, or another feed-forward.
  public func validate() throws {
    let name = T5Encoder.name
    try checkSize("vocab_size", vocabulary, of: name, in: 1...16_777_216)
    try checkSize("d_model", width, of: name)
    try checkSize("d_kv", headWidth, of: name)
    try checkSize("num_heads", heads, of: name)
    try checkSize("d_ff", feedForwardWidth, of: name, in: 1...262_144)
    try checkSize("num_layers", layers, of: name, in: 1...1024)
    try checkSize("relative_attention_num_buckets", relativeBuckets, of: name, in: 4...65536)
    try checkSize("relative_attention_max_distance", relativeDistance, of: name, in: 1...16_777_216)
    try checkEpsilon("layer_norm_epsilon", epsilon, of: name)
    guard relativeBuckets.isMultiple(of: 4), relativeDistance > relativeBuckets / 4 else {
      throw ModelError.badConfig(
        "The \(name)'s relative_attention_num_buckets \(relativeBuckets) and relative_attention_max_distance \(relativeDistance) "
          + "don't belong together: the buckets must be a multiple of 4 and the distance more than a quarter of them.")
    }
    guard feedForward == "gated-gelu" else {
      throw ModelError.badConfig("The \(name)'s feed_forward_proj is \"\(feedForward)\", expected \"gated-gelu\" (T5 1.1).")
    }
  }
}
