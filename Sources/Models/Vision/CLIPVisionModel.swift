import LoRWeBTorch

/// CLIP's vision encoder with its projection (transformers' CLIPVisionModelWithProjection).
public final class CLIPVisionModel: ImageEncoder {
  static let name = "CLIP vision encoder"

  public let config: CLIPVisionConfig
  public let registry: Registry
  private let classToken: Tensor
  private let patches: Conv2d
  private let positions: Embedding
  private let firstNorm, pooledNorm: LayerNorm
  private let encoder: PreNormEncoder
  private let projection: Linear

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: CLIPVisionConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (model, width, epsilon) = (scope["vision_model"], config.layers.width, config.layers.epsilon)
    let embeddings = model["embeddings"]
    classToken = try embeddings.tensor("class_embedding", [width], initial: .normal(deviation: 0.02))
    patches = try Conv2d(
      embeddings["patch_embedding"], in: config.channels, out: width, kernel: config.patchSize, stride: config.patchSize,
      bias: false)
    positions = try Embedding(embeddings["position_embedding"], count: config.patches + 1, size: width)
    // Spelt so in CLIP's files.
    firstNorm = try LayerNorm(model["pre_layrnorm"], size: width, epsilon: epsilon)
    encoder = try PreNormEncoder(model["encoder"], config: config.layers)
    pooledNorm = try LayerNorm(model["post_layernorm"], size: width, epsilon: epsilon)
    projection = try Linear(scope["visual_projection"], in: width, out: config.projectionWidth, bias: false)
  }

  /// Names that a file may hold besides: old files' index buffer and the other half of a joint model.
  public static func ignores(_ name: String) -> Bool {
    ["vision_model.embeddings.position_ids", "text_projection.weight", "logit_scale"].contains(name)
      || name.hasPrefix("text_model.")
  }

  public var width: Int { config.projectionWidth }
  public func embeddings(of input: EncoderInput) throws -> Tensor { try self(input.pixels(for: Self.name)).embeddings }

  /// States of normalised pictures [B, 3, S, S].
  /// - Parameter observe: is shown transformers' `hidden_states`: the normalised embeddings, then what every layer gives.
  /// - Throws: `ModelError.badInput` for pictures of another size; `TorchError`.
  public func callAsFunction(_ pixels: Tensor, observing observe: (Tensor) -> Void = { _ in }) throws -> CLIPVisionStates {
    try checkPixels(pixels, size: config.imageSize, model: Self.name)
    return try withTorchErrors {
      let placed = pixels.to(device: classToken.device, dtype: classToken.dtype)
      let tokens = patches(placed).flattened(from: 2).transposed(1, 2)  // [B, N, D]
      let first = classToken.expanded([pixels.size(0), 1, -1])
      let embedded = firstNorm(concatenated([first, tokens], along: 1) + positions.weight)
      let last = encoder(embedded, observe: observe)
      let pooled = pooledNorm(last.selected(1, 0))
      return CLIPVisionStates(last: last, pooled: pooled, embeddings: projection(pooled))
    }
  }
}

/// What CLIP sees in a batch of pictures.
public struct CLIPVisionStates {
  /// A vector for the class token and each patch, [B, 1 + N, D], not normalised.
  public let last: Tensor
  /// The class token's, normalised, [B, D].
  public let pooled: Tensor
  /// That projected to the space shared with text, [B, P], not of unit length.
  public let embeddings: Tensor
}

/// Refuses pictures that a model for `size` × `size` pixels can't take.
func checkPixels(_ pixels: Tensor, size: Int, model: String) throws {
  let shape = pixels.shape
  guard shape.count == 4, shape[0] > 0, Array(shape[1...]) == [3, size, size] else {
    throw ModelError.badInput(
      "The \(model) takes pictures of shape [n, 3, \(size), \(size)], got \(shape); image_size in config.json and the size in "
        + "preprocessor_config.json must be the same.")
  }
}
