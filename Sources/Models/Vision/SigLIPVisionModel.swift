import LoRWeBTorch

/// SigLIP's vision encoder for pictures of one size (transformers' SiglipVisionModel).
public final class SigLIPVisionModel: ImageEncoder {
  static let name = "SigLIP vision encoder"

  public let config: SigLIPVisionConfig
  public let registry: Registry
  private let patches: Conv2d
  private let positions: Embedding
  private let encoder: PreNormEncoder
  private let finalNorm: LayerNorm
  private let head: AttentionPooling

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: SigLIPVisionConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (model, width) = (scope["vision_model"], config.layers.width)
    patches = try Conv2d(
      model["embeddings.patch_embedding"], in: config.channels, out: width, kernel: config.patchSize, stride: config.patchSize)
    positions = try Embedding(model["embeddings.position_embedding"], count: config.patches, size: width)
    encoder = try PreNormEncoder(model["encoder"], config: config.layers)
    finalNorm = try LayerNorm(model["post_layernorm"], size: width, epsilon: config.layers.epsilon)
    head = try AttentionPooling(model["head"], config: config.layers)
  }

  /// Names that a file may hold besides: old files' index buffer and the other half of a joint model.
  public static func ignores(_ name: String) -> Bool {
    ["vision_model.embeddings.position_ids", "logit_scale", "logit_bias"].contains(name) || name.hasPrefix("text_model.")
  }

  public var width: Int { config.layers.width }
  public func embeddings(of input: EncoderInput) throws -> Tensor { try self(input.pixels(for: Self.name)).pooled }

  /// States of normalised pictures [B, 3, S, S].
  /// - Parameter observe: is shown transformers' `hidden_states`: the embeddings, then what every layer gives, [B, N, D].
  /// - Throws: `ModelError.badInput` for pictures of another size; `TorchError`.
  public func callAsFunction(_ pixels: Tensor, observing observe: (Tensor) -> Void = { _ in }) throws -> SigLIPVisionStates {
    try checkPixels(pixels, size: config.imageSize, model: Self.name)
    return try withTorchErrors {
      let table = positions.weight
      let tokens = patches(pixels.to(device: table.device, dtype: table.dtype)).flattened(from: 2).transposed(1, 2)
      let last = finalNorm(encoder(tokens + table, observe: observe))
      return SigLIPVisionStates(last: last, pooled: head(last))
    }
  }
}

/// What SigLIP or SigLIP2 sees in a batch of pictures.
public struct SigLIPVisionStates {
  /// A vector a patch, [B, N, D], normalised by the last layer norm.
  public let last: Tensor
  /// What the pooling head makes of them, [B, D], not of unit length.
  public let pooled: Tensor
}
