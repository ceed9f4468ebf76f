import LoRWeBTorch

/// Sizes of a `PreNormEncoder`, keys as in the config.json of CLIP and SigLIP.
public struct PreNormConfig: Sendable, Equatable {
  public var width: Int
  /// Channels between the two linears of a feed-forward.
  public var feedForwardWidth: Int
  public var layers: Int
  /// Attention heads, which share the width equally.
  public var heads: Int
  public var activation: Activation
  public var epsilon: Double

  /// The layers' part of an encoder's table.
  static var table: [ConfigEntry<PreNormConfig>] {
    [
      .key("hidden_size", \.width), .key("intermediate_size", \.feedForwardWidth), .key("num_hidden_layers", \.layers),
      .key("num_attention_heads", \.heads), .key("hidden_act", \.activation), .key("layer_norm_eps", \.epsilon),
    ]
  }

  /// - Throws: `ModelError.badConfig` for sizes no encoder can have.
  func validate(model: String) throws {
    try checkSize("hidden_size", width, of: model)
    try checkSize("intermediate_size", feedForwardWidth, of: model, in: 1...262_144)
    try checkSize("num_hidden_layers", layers, of: model, in: 1...1024)
    try checkSize("num_attention_heads", heads, of: model)
    try checkEpsilon("layer_norm_eps", epsilon, of: model)
    guard width.isMultiple(of: heads) else {
      throw ModelError.badConfig("The \(model)'s hidden_size \(width) can't be shared equally by num_attention_heads \(heads).")
    }
  }
}

/// Transformer layers that normalise before attention and before the feed-forward, as in CLIP and SigLIP (`layers.i`).
struct PreNormEncoder {
  private let layers: [PreNormLayer]

  init(_ scope: Scope, config: PreNormConfig) throws {
    layers = try (0..<config.layers).map { try PreNormLayer(scope["layers", $0], config: config) }
  }

  /// [B, L, D] to [B, L, D].
  /// - Parameters:
  ///   - mask: true for keys to attend to, broadcastable to [B, heads, L, L].
  ///   - observe: is shown what goes in and what every layer gives (transformers' `hidden_states`).
  func callAsFunction(_ x: Tensor, mask: Tensor? = nil, causal: Bool = false, observe: (Tensor) -> Void) -> Tensor {
    observe(x)
    return layers.reduce(x) { x, layer in
      let y = layer(x, mask: mask, causal: causal)
      observe(y)
      return y
    }
  }
}

private struct PreNormLayer {
  private let attentionNorm, feedForwardNorm: LayerNorm
  private let attention: SelfAttention
  private let feedForward: FeedForward

  init(_ scope: Scope, config: PreNormConfig) throws {
    attentionNorm = try LayerNorm(scope["layer_norm1"], size: config.width, epsilon: config.epsilon)
    attention = try SelfAttention(scope["self_attn"], width: config.width, heads: config.heads)
    feedForwardNorm = try LayerNorm(scope["layer_norm2"], size: config.width, epsilon: config.epsilon)
    feedForward = try FeedForward(scope["mlp"], config: config)
  }

  func callAsFunction(_ x: Tensor, mask: Tensor?, causal: Bool) -> Tensor {
    let y = x + attention(attentionNorm(x), mask: mask, causal: causal)
    return y + feedForward(feedForwardNorm(y))
  }
}

/// Attention of tokens to each other, of several heads.
struct SelfAttention {
  private let heads: Int
  private let q, k, v, out: Linear

  /// - Parameter names: of the linears below the scope, for queries, keys, values and the result.
  init(
    _ scope: Scope, width: Int, heads: Int, names: (String, String, String, String) = ("q_proj", "k_proj", "v_proj", "out_proj")
  ) throws {
    self.heads = heads
    q = try Linear(scope[names.0], in: width, out: width)
    k = try Linear(scope[names.1], in: width, out: width)
    v = try Linear(scope[names.2], in: width, out: width)
    out = try Linear(scope[names.3], in: width, out: width)
  }

  func callAsFunction(_ x: Tensor, mask: Tensor? = nil, causal: Bool = false) -> Tensor {
    let attended = q(x).splitIntoHeads(heads)
      .attention(k(x).splitIntoHeads(heads), v(x).splitIntoHeads(heads), mask: mask, causal: causal)
    return out(attended.joinedHeads())
  }
}

/// fc1, activation, fc2.
struct FeedForward {
  private let first, second: Linear
  private let activation: Activation

  init(_ scope: Scope, config: PreNormConfig) throws {
    first = try Linear(scope["fc1"], in: config.width, out: config.feedForwardWidth)
    second = try Linear(scope["fc2"], in: config.feedForwardWidth, out: config.width)
    activation = config.activation
  }

  func callAsFunction(_ x: Tensor) -> Tensor { second(activation(first(x))) }
}

extension Tensor {
  /// [B, L, H · D] to [B, H, L, D].
  func splitIntoHeads(_ heads: Int) -> Tensor { reshaped([size(0), size(1), heads, -1]).transposed(1, 2) }
  /// [B, H, L, D] to [B, L, H · D].
  func joinedHeads() -> Tensor { transposed(1, 2).flattened(from: 2) }
}
