/// The shape of a T5 encoder, as config.json says it; a key that is left out has the value of transformers' T5Config.
public struct T5Config: TabledConfig, Sendable, Equatable {
  public var vocabulary: Int
  public var width: Int
  /// Channels of one attention head; heads times this need not be the width.
  public var headWidth: Int
  /// Channels inside a feed-forward.
  public var feedForwardWidth: Int
  public var layers: Int
  public var heads: Int
  /// Entries of the table of relative positions, half of them for tokens to the left.
  public var relativeBuckets = 32
  /// Distances from this one on share the last bucket.
  public var relativeDistance = 128
  public var epsilon = 1e-6
  /// `gated-gelu` is the form of T5 1.1, which FLUX uses, and the one that is built here.
  public var feedForward = "gated-gelu"

  public static var standard: T5Config {
    T5Config(vocabulary: 32128, width: 512, headWidth: 64, feedForwardWidth: 2048, layers: 6, heads: 8, feedForward: "relu")
  }
  public static var table: [ConfigEntry<T5Config>] {
    [
      .key("vocab_size", \.vocabulary), .key("d_model", \.width), .key("d_kv", \.headWidth),
      .key("d_ff", \.feedForwardWidth), .key("num_layers", \.layers), .key("num_heads", \.heads),
      .key("relative_attention_num_buckets", \.relativeBuckets), .key("relative_attention_max_distance", \.relativeDistance),
      .key("layer_norm_epsilon", \.epsilon), .key("feed_forward_proj", \.feedForward),
    ]
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
