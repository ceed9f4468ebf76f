import LoRWeBTorch

/// SigLIP's head: one learnt query attends to all patches, then a feed-forward (`head`).
struct AttentionPooling {
  private let probe, inWeight, inBias: Tensor
  private let out: Linear
  private let norm: LayerNorm
  private let feedForward: FeedForward
  private let heads: Int

  init(_ scope: Scope, config: PreNormConfig) throws {
    let (width, attention) = (config.width, scope["attention"])
    heads = config.heads
    probe = try scope.tensor("probe", [1, 1, width], initial: .normal(deviation: 0.02))
    // torch.nn.MultiheadAttention keeps queries, keys and values in one matrix, in this order.
    inWeight = try attention.tensor("in_proj_weight", [3 * width, width], initial: .fanIn(width))
    inBias = try attention.tensor("in_proj_bias", [3 * width], initial: .zeros)
    out = try Linear(attention["out_proj"], in: width, out: width)
    norm = try LayerNorm(scope["layernorm"], size: width, epsilon: config.epsilon)
    feedForward = try FeedForward(scope["mlp"], config: config)
  }

  /// [B, N, D] to [B, D].
  /// - Parameter mask: true for patches to attend to, broadcastable to [B, heads, 1, N].
  func callAsFunction(_ x: Tensor, mask: Tensor? = nil) -> Tensor {
    let (weights, biases) = (inWeight.chunked(3, along: 0), inBias.chunked(3, along: 0))
    func part(_ index: Int, of x: Tensor) -> Tensor { x.linear(weights[index], biases[index]).splitIntoHeads(heads) }
    let queries = part(0, of: probe.expanded([x.size(0), 1, -1]))
    let attended = out(queries.attention(part(1, of: x), part(2, of: x), mask: mask).joinedHeads())  // [B, 1, D]
    return (attended + feedForward(norm(attended))).selected(1, 0)
  }
}
