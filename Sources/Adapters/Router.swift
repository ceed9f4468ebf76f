import LoRWeBTorch

/// Turns a query into mixing coefficients, layer by layer.
public struct Router {
  private let basis: LoRABasis

  public init(_ basis: LoRABasis) { self.basis = basis }

  /// Coefficients [B, N] of every layer for queries [B, Q] or [B, n, Q / n].
  public func coefficients(query: Tensor) -> [String: Tensor] {
    let flat = query.flattened(from: 1)
    return basis.layers.mapValues { coefficients($0, flat) }
  }

  /// Equation of docs/method.md: per head, activation(q · keys / √(d/H)), reduced over heads.
  private func coefficients(_ layer: LoRABasis.Layer, _ query: Tensor) -> Tensor {
    let settings = basis.settings
    let dtype: DType = layer.keys.dtype == .float64 ? .float64 : .float32
    let (count, heads) = (basis.size.count, settings.heads)
    let headWidth = basis.size.keyWidth / heads
    let e = query.to(dtype)
    let q = (layer.toQ.map { e.linear($0.to(dtype)) } ?? e).reshaped([-1, heads, 1, headWidth])  // [B, H, 1, d/H]
    let keys = layer.keys.to(dtype).reshaped([count, heads, headWidth]).permuted([1, 2, 0])  // [H, d/H, N]
    let scores = q.matmul(keys.unsqueezed(0)).squeezed(2) / Double(headWidth).squareRoot()  // [B, H, N]
    let weights = settings.activation == .softmax ? scores.softmax() : scores.tanh()
    switch settings.reduce {
    case .mean: return weights.mean(over: [1])
    case .sum: return weights.sum(over: [1]).clamped(settings.activation == .softmax ? 0 : -1, 1)
    }
  }
}
