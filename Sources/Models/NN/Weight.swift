import LoRWeBTorch

/// What a linear holds: the one place that knows how to multiply by it.
public enum Weight {
  /// [out, in] in a floating type.
  case dense(Tensor)

  /// The type products are given in.
  public var dtype: DType {
    switch self {
    case .dense(let tensor): tensor.dtype
    }
  }

  /// x · Wᵀ + bias for x [..., in].
  func multiply(_ x: Tensor, _ bias: Tensor?) -> Tensor {
    switch self {
    case .dense(let tensor): x.linear(tensor, bias)
    }
  }
}
