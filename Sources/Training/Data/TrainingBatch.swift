import LoRWeBTorch

/// The inputs of one step: B analogies of one size, as latents and embeddings.
public struct TrainingBatch {
  /// Which tokens the model is asked to change.
  public enum Edited: Sendable, Equatable {
    /// The canvas [a a′; b b′]: its lower right quarter.
    case lowerRight
    /// A single picture b′ with context b.
    case whole
  }

  /// Packed clean latents [B, rows · columns, C]: what is to be learned, and the same grid before the edit.
  public var target, context: Tensor
  public var rows, columns: Int
  public var edited: Edited
  /// T5 states [B, T, width], CLIP's pooled text vector [B, P], and what the router is asked, [B, Q].
  public var text, pooled, query: Tensor

  public init(
    target: Tensor, context: Tensor, rows: Int, columns: Int, edited: Edited = .lowerRight, text: Tensor, pooled: Tensor,
    query: Tensor
  ) {
    (self.target, self.context, self.rows, self.columns, self.edited) = (target, context, rows, columns, edited)
    (self.text, self.pooled, self.query) = (text, pooled, query)
  }

  public var count: Int { target.size(0) }

  func check() throws {
    let shape = target.shape
    guard shape.count == 3, shape[0] > 0, rows > 0, columns > 0, shape[1] == rows * columns else {
      throw TrainingError.badBatch("the target is \(shape), expected [batch, \(rows * columns), channels]")
    }
    guard context.shape == shape else { throw TrainingError.badBatch("the context is \(context.shape), the target \(shape)") }
    guard [text, pooled, query].allSatisfy({ $0.shape.first == shape[0] }) else {
      throw TrainingError.badBatch("text, pooled text and query must hold \(shape[0]) samples")
    }
  }

  /// 1 where a token is to be changed, 0 elsewhere: [1, rows · columns, 1].
  func editedMask() -> Tensor {
    let (top, left) = edited == .whole ? (0, 0) : (rows / 2, columns / 2)
    return Tensor.ones([rows - top, columns - left], device: target.device)
      .padded([left, 0, top, 0]).reshaped([1, rows * columns, 1])
  }

  func to(_ device: Device) -> TrainingBatch {
    TrainingBatch(
      target: target.to(device), context: context.to(device), rows: rows, columns: columns, edited: edited,
      text: text.to(device), pooled: pooled.to(device), query: query.to(device))
  }
}
