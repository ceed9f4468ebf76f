import LoRWeBModels
import LoRWeBTorch

/// A basis's matrices laid out for multiplying, A and B of all LoRAs of a layer side by side: made once for many mixes, in
/// training once a step. Gradients flow through it to A and B.
public struct BasisMatrices {
  struct Layer {
    /// [in, N r], [N r, out]
    let down, up: Tensor
    /// r
    let rank: Int
  }

  let layers: [String: Layer]

  /// - Parameter dtype: what mixes compute in; nil for A's own type, fp32 for one in fp16.
  public init(_ basis: LoRABasis, in dtype: DType? = nil) {
    let (count, rank) = (basis.size.count, basis.size.rank)
    layers = basis.layers.mapValues { layer in
      let type = dtype ?? (layer.loraA.dtype == .float16 ? .float32 : layer.loraA.dtype)
      return Layer(
        down: layer.loraA.to(type).permuted([1, 0, 2]).reshaped([-1, count * rank]),
        up: layer.loraB.to(type).reshaped([count * rank, -1]), rank: rank)
    }
  }
}

/// strength · Σₙ c[n] (x Aₙ) Bₙ with coefficients of their own for each sample; differentiable.
struct MixDelta: LinearDelta {
  let matrices: BasisMatrices.Layer
  /// [B, N], or [1, N] for all samples alike.
  let coefficients: Tensor
  let strength: Double

  func add(to output: Tensor, input: Tensor) -> Tensor {
    let dtype = matrices.down.dtype
    let weights = (coefficients.to(dtype) * strength).repeatedInterleaved(matrices.rank, along: -1)  // [B, N r]
    let middle = input.to(dtype).matmul(matrices.down)  // [B, ..., N r]
    let spread = [weights.size(0)] + [Int](repeating: 1, count: max(middle.shape.count - 2, 0)) + [weights.size(1)]
    return output + (middle * weights.reshaped(spread)).matmul(matrices.up).to(output.dtype)
  }
}
