import LoRWeBTorch

/// CLIP's text encoder (transformers' CLIPTextModel).
///
/// The pooled vector is the state at the end token. Which token that is follows transformers: an `eos_token_id` of 2, which old
/// files have by mistake, means the largest id of the row; any other means its first occurrence.
public final class CLIPTextModel {
  static let name = "CLIP text encoder"

  public let config: CLIPTextConfig
  public let registry: Registry
  private let tokens, positions: Embedding
  private let encoder: PreNormEncoder
  private let finalNorm: LayerNorm

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: CLIPTextConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let scope = scope["text_model"]
    let width = config.layers.width
    tokens = try Embedding(scope["embeddings.token_embedding"], count: config.vocabulary, size: width)
    positions = try Embedding(scope["embeddings.position_embedding"], count: config.positions, size: width)
    encoder = try PreNormEncoder(scope["encoder"], config: config.layers)
    finalNorm = try LayerNorm(scope["final_layer_norm"], size: width, epsilon: config.layers.epsilon)
  }

  /// Names that a file may hold besides: old files' index buffer, the projection, the other half of a joint model.
  public static func ignores(_ name: String) -> Bool {
    ["text_model.embeddings.position_ids", "text_projection.weight", "visual_projection.weight", "logit_scale"].contains(name)
      || name.hasPrefix("vision_model.")
  }

  /// States of a batch of equally long rows of token ids.
  /// - Parameter observe: is shown transformers' `hidden_states`: the embeddings, then what every layer gives, [B, L, D].
  /// - Throws: `ModelError.badInput` for rows that the model can't take or that lack the end token; `TorchError`.
  public func callAsFunction(_ ids: [[Int]], observing observe: (Tensor) -> Void = { _ in }) throws -> TextStates {
    let batch = try TokenBatch(ids, vocabulary: config.vocabulary, longest: config.positions, model: Self.name)
    let ends = try batch.rows.map(endPosition)
    return try withTorchErrors {
      let ids = batch.tensor(on: tokens.weight.device)
      let embedded = tokens(ids) + positions.weight.narrowed(0, from: 0, count: ids.size(1))
      let last = finalNorm(encoder(embedded, causal: true, observe: observe))
      let pooled = ends.enumerated().map { row, end in last.selected(0, row).selected(0, end) }
      return TextStates(last: last, pooled: stacked(pooled))
    }
  }

  private func endPosition(_ row: [Int]) throws -> Int {
    let end = config.endToken == 2 ? row.max() : config.endToken
    guard let end, let position = row.firstIndex(of: end) else {
      throw ModelError.badInput(
        "The \(Self.name) pools at token \(config.endToken), which a row of token ids lacks; end each row with it.")
    }
    return position
  }
}

/// What a text encoder says about a batch of texts.
public struct TextStates {
  /// A vector a token, [B, L, D].
  public let last: Tensor
  /// A vector a text, [B, D].
  public let pooled: Tensor
}
