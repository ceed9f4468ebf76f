import LoRWeBTorch

/// DINOv2's vision transformer (transformers' Dinov2Model) for pictures of one size: a class token, patches, layers whose two
/// branches are scaled channel by channel. The embedding is the class token's last state, normalised.
public final class DINOv2Model: ImageEncoder {
  static let name = "DINOv2 vision transformer"

  public let config: DINOv2Config
  public let registry: Registry
  private let classToken, positions: Tensor
  private let patches: Conv2d
  private let layers: [Layer]
  private let norm: LayerNorm

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: DINOv2Config) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (embeddings, width) = (scope["embeddings"], config.width)
    classToken = try embeddings.tensor("cls_token", [1, 1, width], initial: .normal(deviation: 0.02))
    positions = try embeddings.tensor("position_embeddings", [1, config.patches + 1, width], initial: .normal(deviation: 0.02))
    patches = try Conv2d(
      embeddings["patch_embeddings.projection"], in: 3, out: width, kernel: config.patchSize, stride: config.patchSize)
    layers = try (0..<config.layers).map { try Layer(scope["encoder.layer", $0], config: config) }
    norm = try LayerNorm(scope["layernorm"], size: width, epsilon: config.epsilon)
  }

  /// Names that a file may hold besides: what stands in for masked patches in pre-training.
  public static func ignores(_ name: String) -> Bool { name == "embeddings.mask_token" }
  public var width: Int { config.width }

  public func embeddings(of input: EncoderInput) throws -> Tensor {
    let states = try self(input.pixels(for: Self.name))
    return try withTorchErrors { states.selected(1, 0) }
  }

  /// The normalised last states, class token first, [B, 1 + N, D], of normalised pictures [B, 3, S, S].
  /// - Throws: `ModelError.badInput` for pictures of another size; `TorchError`.
  public func callAsFunction(_ pixels: Tensor) throws -> Tensor {
    try checkPixels(pixels, size: config.imageSize, model: Self.name)
    return try withTorchErrors {
      let placed = pixels.to(device: classToken.device, dtype: classToken.dtype)
      let tokens = patches(placed).flattened(from: 2).transposed(1, 2)  // [B, N, D]
      let first = classToken.expanded([pixels.size(0), -1, -1])
      return norm(layers.reduce(concatenated([first, tokens], along: 1) + positions) { $1($0) })
    }
  }
}

private struct Layer {
  private let attentionNorm, feedForwardNorm: LayerNorm
  private let attention: SelfAttention
  private let feedForward: FeedForward
  private let attentionScale, feedForwardScale: Tensor

  init(_ scope: Scope, config: DINOv2Config) throws {
    let width = config.width
    attentionNorm = try LayerNorm(scope["norm1"], size: width, epsilon: config.epsilon)
    attention = try SelfAttention(
      scope["attention"], width: width, heads: config.heads,
      names: ("attention.query", "attention.key", "attention.value", "output.dense"))
    attentionScale = try scope["layer_scale1"].tensor("lambda1", [width], initial: .ones)
    feedForwardNorm = try LayerNorm(scope["norm2"], size: width, epsilon: config.epsilon)
    feedForward = try FeedForward(scope["mlp"], config: config.layerConfig)
    feedForwardScale = try scope["layer_scale2"].tensor("lambda1", [width], initial: .ones)
  }

  func callAsFunction(_ x: Tensor) -> Tensor {
    let y = x + attention(attentionNorm(x)) * attentionScale
    return y + feedForward(feedForwardNorm(y)) * feedForwardScale
  }
}
