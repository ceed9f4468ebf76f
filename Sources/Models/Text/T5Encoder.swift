import Foundation
import LoRWeBTorch

/// The encoder half of T5 1.1 (transformers' T5EncoderModel), without attention mask, as FLUX uses it: padding attends too.
public final class T5Encoder {
  static let name = "T5 encoder"

  public let config: T5Config
  public let registry: Registry
  private let tokens: Embedding
  private let positions: T5RelativePositions
  private let blocks: [T5Block]
  private let finalNorm: RMSNorm

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: T5Config) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    tokens = try Embedding(scope["shared"], count: config.vocabulary, size: config.width)
    positions = try T5RelativePositions(scope["encoder.block.0.layer.0.SelfAttention"], config: config)
    blocks = try (0..<config.layers).map { try T5Block(scope["encoder.block", $0], config: config) }
    finalNorm = try RMSNorm(scope["encoder.final_layer_norm"], size: config.width, epsilon: config.epsilon)
  }

  /// Names that a file may hold besides: a second copy of the token table, the decoder half.
  public static func ignores(_ name: String) -> Bool {
    name == "encoder.embed_tokens.weight" || name == "lm_head.weight" || name.hasPrefix("decoder.")
  }

  /// States [B, L, D] of a batch of equally long rows of token ids.
  /// - Parameter observe: is shown transformers' `hidden_states`: the embeddings, then what every block gives, the last one
  ///   normalised.
  /// - Throws: `ModelError.badInput` for rows that the model can't take; `TorchError`.
  public func callAsFunction(_ ids: [[Int]], observing observe: (Tensor) -> Void = { _ in }) throws -> Tensor {
    let batch = try TokenBatch(ids, vocabulary: config.vocabulary, model: Self.name)
    return try withTorchErrors {
      let bias = positions(length: batch.rows[0].count)
      let last = blocks.reduce(tokens(batch.tensor(on: tokens.weight.device))) { x, block in
        observe(x)
        return block(x, bias: bias)
      }
      let states = finalNorm(last)
      observe(states)
      return states
    }
  }
}

/// What attention adds to a score for the distance between two tokens: a table that the first block holds and all use.
private struct T5RelativePositions {
  private let table: Embedding
  private let config: T5Config

  init(_ scope: Scope, config: T5Config) throws {
    self.config = config
    table = try Embedding(scope["relative_attention_bias"], count: config.relativeBuckets, size: config.heads)
  }

  /// [1, heads, L, L].
  func callAsFunction(length: Int) -> Tensor {
    let places = Tensor.arange(to: Double(length), device: table.weight.device)
    return table(buckets(places.unsqueezed(0) - places.unsqueezed(1))).permuted([2, 0, 1]).unsqueezed(0)
  }

  /// int64 bucket of each signed distance: keys to the right in the upper half; in each half short distances one by one, longer
  /// ones in steps that grow with the logarithm. In fp32, as transformers does, since the steps' edges depend on the rounding.
  private func buckets(_ distance: Tensor) -> Tensor {
    let half = config.relativeBuckets / 2
    let exact = Double(half / 2)
    let size = distance.magnitude()
    let span = log(Double(config.relativeDistance) / exact)
    let steps = ((size / exact).log() / span * (Double(half) - exact)).clamped(0, nil).floor()
    let far = (steps + exact).clamped(nil, Double(half - 1))
    let right = (distance .> 0).to(.float32) * Double(half)
    return (right + (size .< exact).select(size, else: far)).to(.int64)
  }
}

/// Attention, then feed-forward, each normalised before and added to what went in.
private struct T5Block {
  private let attentionNorm, feedForwardNorm: RMSNorm
  private let q, k, v, out: Linear
  private let gate, up, down: Linear
  private let heads: Int

  init(_ scope: Scope, config: T5Config) throws {
    heads = config.heads
    let (width, inner) = (config.width, config.heads * config.headWidth)
    let attention = scope["layer.0.SelfAttention"]
    q = try Linear(attention["q"], in: width, out: inner, bias: false)
    k = try Linear(attention["k"], in: width, out: inner, bias: false)
    v = try Linear(attention["v"], in: width, out: inner, bias: false)
    out = try Linear(attention["o"], in: inner, out: width, bias: false)
    attentionNorm = try RMSNorm(scope["layer.0.layer_norm"], size: width, epsilon: config.epsilon)
    let feedForward = scope["layer.1.DenseReluDense"]
    gate = try Linear(feedForward["wi_0"], in: width, out: config.feedForwardWidth, bias: false)
    up = try Linear(feedForward["wi_1"], in: width, out: config.feedForwardWidth, bias: false)
    down = try Linear(feedForward["wo"], in: config.feedForwardWidth, out: width, bias: false)
    feedForwardNorm = try RMSNorm(scope["layer.1.layer_norm"], size: width, epsilon: config.epsilon)
  }

  func callAsFunction(_ x: Tensor, bias: Tensor) -> Tensor {
    let a = attentionNorm(x)
    // T5 folds the usual 1/√d into its weights.
    let attended = q(a).splitIntoHeads(heads)
      .attention(k(a).splitIntoHeads(heads), v(a).splitIntoHeads(heads), mask: bias, scale: 1)
    let y = finite(x + out(attended.joinedHeads()))
    let f = feedForwardNorm(y)
    return finite(y + down(gate(f).gelu(tanh: true) * up(f)))
  }

  /// T5's states outgrow fp16; transformers holds them this far below its largest number.
  private func finite(_ x: Tensor) -> Tensor { x.dtype == .float16 ? x.clamped(-64504, 64504) : x }
}
