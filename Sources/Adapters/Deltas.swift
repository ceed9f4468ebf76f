import LoRWeBModels
import LoRWeBTorch

/// strength · Σₙ c[n] (x Aₙ) Bₙ with coefficients of their own for each sample; differentiable.
struct ResidualDelta: LinearDelta {
  let layer: LoRABasis.Layer
  /// [B, N]
  let coefficients: Tensor
  let strength: Double
  /// What the sum is computed in.
  let dtype: DType

  func add(to output: Tensor, input: Tensor) -> Tensor {
    let shape = layer.loraA.shape  // [N, in, r]
    guard shape.count == 3 else { return output }
    let (rows, rank) = (shape[0] * shape[2], shape[2])
    let down = layer.loraA.to(dtype).permuted([1, 0, 2]).reshaped([shape[1], rows])
    let up = layer.loraB.to(dtype).reshaped([rows, -1])
    let weights = (coefficients.to(dtype) * strength).repeatedInterleaved(rank, along: -1)  // [B, N r]
    let middle = input.to(dtype).matmul(down)  // [B, ..., N r]
    let spread = [weights.size(0)] + [Int](repeating: 1, count: max(middle.shape.count - 2, 0)) + [rows]
    return output + (middle * weights.reshaped(spread)).matmul(up).to(output.dtype)
  }
}

/// x · downᵀ · upᵀ: an ordinary LoRA.
struct LowRankDelta: LinearDelta {
  /// [R, in]
  let down: Tensor
  /// [out, R]
  let up: Tensor

  func add(to output: Tensor, input: Tensor) -> Tensor {
    output + input.to(down.dtype).linear(down).linear(up).to(output.dtype)
  }
}
