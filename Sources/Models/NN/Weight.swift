import LoRWeBTorch

/// What a linear holds: the one place that knows how to multiply by it. Quantised kinds are further cases.
public enum Weight {
  /// [out, in] in a floating type.
  case dense(Tensor)

  /// The numbers it stands for, [out, in]; what is learned, saved and compared.
  public var tensor: Tensor {
    switch self {
    case .dense(let tensor): tensor
    }
  }

  /// The type products are given in.
  public var dtype: DType { tensor.dtype }
  /// [out, in]
  public var shape: [Int] { tensor.shape }
  public var byteCount: Int { tensor.byteCount }

  /// The same on another device, dense numbers in another type.
  func placed(on device: Device?, dtype: DType?) -> Weight {
    switch self {
    case .dense(let tensor): .dense(tensor.to(device: device, dtype: dtype))
    }
  }

  /// x · Wᵀ + bias for x [..., in].
  func multiply(_ x: Tensor, _ bias: Tensor?) -> Tensor {
    switch self {
    case .dense(let tensor): x.linear(tensor, bias)
    }
  }
}
