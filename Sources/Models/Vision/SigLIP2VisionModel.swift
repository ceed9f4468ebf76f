import LoRWeBTorch

/// SigLIP2's vision encoder for pictures of any shape (NaFlex; transformers' Siglip2VisionModel): patches come cut, positions are
/// the table resized to each picture's grid.
public final class SigLIP2VisionModel: ImageEncoder {
  static let name = "SigLIP2 vision encoder"

  public let config: SigLIP2VisionConfig
  public let registry: Registry
  private let patches: Linear
  private let positions: Embedding
  private let encoder: PreNormEncoder
  private let finalNorm: LayerNorm
  private let head: AttentionPooling

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: SigLIP2VisionConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (model, width) = (scope["vision_model"], config.layers.width)
    patches = try Linear(model["embeddings.patch_embedding"], in: config.patchSamples, out: width)
    positions = try Embedding(model["embeddings.position_embedding"], count: config.positions, size: width)
    encoder = try PreNormEncoder(model["encoder"], config: config.layers)
    finalNorm = try LayerNorm(model["post_layernorm"], size: width, epsilon: config.layers.epsilon)
    head = try AttentionPooling(model["head"], config: config.layers)
  }

  /// Names that a file may hold besides: the other half of a joint model.
  public static func ignores(_ name: String) -> Bool {
    ["logit_scale", "logit_bias"].contains(name) || name.hasPrefix("text_model.")
  }

  public var width: Int { config.layers.width }
  public func embeddings(of input: EncoderInput) throws -> Tensor { try self(input.patches(for: Self.name)).pooled }

  /// States of pictures cut into patches; padding is not attended to, its own states mean nothing.
  /// - Parameter observe: is shown transformers' `hidden_states`: the embeddings, then what every layer gives, [B, L, D].
  /// - Throws: `ModelError.badInput` for patches of another size or grids that don't fit; `TorchError`.
  public func callAsFunction(_ batch: PatchBatch, observing observe: (Tensor) -> Void = { _ in }) throws -> SigLIPVisionStates {
    try check(batch)
    return try withTorchErrors {
      let (table, length) = (positions.weight, batch.pixels.size(1))
      let mask = Self.mask(batch.grids, length: length).to(table.device).unsqueezed(1).unsqueezed(1)  // [B, 1, 1, L]
      let places = stacked(batch.grids.map { resizedPositions($0, length: length) })
      let tokens = patches(batch.pixels.to(device: table.device, dtype: table.dtype)) + places
      let last = finalNorm(encoder(tokens, mask: mask, observe: observe))
      return SigLIPVisionStates(last: last, pooled: head(last, mask: mask))
    }
  }

  /// True for a picture's own patches, [B, L].
  static func mask(_ grids: [PatchGrid], length: Int) -> Tensor {
    let counts = Tensor(grids.map { Double($0.count) }).unsqueezed(1)
    return Tensor.arange(to: Double(length), dtype: .float64).unsqueezed(0) .< counts
  }

  /// The table stretched to a grid, bilinearly with antialiasing, in fp32; padding gets the first entry. [L, D]
  private func resizedPositions(_ grid: PatchGrid, length: Int) -> Tensor {
    let table = positions.weight
    let square = table.to(.float32).transposed(0, 1).reshaped([1, -1, config.side, config.side])
    let resized = square.resizedBilinear(height: grid.rows, width: grid.columns, antialias: true)
      .flattened(from: 2).squeezed(0).transposed(0, 1).to(table.dtype)  // [rows · columns, D]
    let padding = resized.narrowed(0, from: 0, count: 1).expanded([length - grid.count, -1])
    return concatenated([resized, padding], along: 0)
  }

  private func check(_ batch: PatchBatch) throws {
    let shape = batch.pixels.shape
    guard shape.count == 3, shape[0] > 0, shape[0] == batch.grids.count, shape[2] == config.patchSamples else {
      throw ModelError.badInput(
        "The \(Self.name) takes patches of shape [n, length, \(config.patchSamples)] and n grids, got \(shape) and "
          + "\(batch.grids.count) grids; patch_size in config.json and in preprocessor_config.json must be the same.")
    }
    if let grid = batch.grids.first(where: { $0.rows < 1 || $0.columns < 1 || $0.count > shape[1] }) {
      throw ModelError.badInput(
        "The \(Self.name) got a grid of \(grid.rows) × \(grid.columns) patches, which doesn't fit a length of \(shape[1]).")
    }
  }
}
