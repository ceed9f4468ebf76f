import LoRWeBTorch

/// Two residual blocks at the lowest level, with attention over all positions between them.
struct MiddleBlock {
  private let before: ResidualBlock
  private let attention: SpatialAttention?
  private let after: ResidualBlock

  init(_ scope: Scope, width: Int, config: AutoencoderConfig) throws {
    before = try ResidualBlock(scope["resnets", 0], in: width, out: width, groups: config.groups)
    attention =
      config.hasMiddleAttention ? try SpatialAttention(scope["attentions", 0], width: width, groups: config.groups) : nil
    after = try ResidualBlock(scope["resnets", 1], in: width, out: width, groups: config.groups)
  }

  func callAsFunction(_ x: Tensor, _ bands: Bands) -> Tensor {
    let hidden = before(x, bands)
    return after(attention?(hidden) ?? hidden, bands)
  }
}

/// Attention of one head over all positions of a picture, added to its input.
private struct SpatialAttention {
  private let norm: GroupNorm
  private let query, key, value, out: Linear

  init(_ scope: Scope, width: Int, groups: Int) throws {
    norm = try GroupNorm(scope["group_norm"], groups: groups, channels: width, epsilon: AutoencoderConfig.epsilon)
    query = try Linear(scope["to_q"], in: width, out: width)
    key = try Linear(scope["to_k"], in: width, out: width)
    value = try Linear(scope["to_v"], in: width, out: width)
    out = try Linear(scope["to_out.0"], in: width, out: width)
  }

  /// [B, C, H, W] to the same.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let tokens = norm(x).flattened(from: 2).transposed(1, 2).unsqueezed(1)  // [B, 1, H·W, C]
    let attended = out(query(tokens).attention(key(tokens), value(tokens)))
    return x + attended.squeezed(1).transposed(1, 2).reshaped(x.shape)
  }
}
