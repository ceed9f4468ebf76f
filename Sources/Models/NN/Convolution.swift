import LoRWeBTorch

/// A two-dimensional convolution of square kernel over [B, C, H, W].
public struct Conv2d {
  private let weight: Tensor
  private let bias: Tensor?
  private let stride, padding: Int

  /// Asks the scope for `weight` [out, in, kernel, kernel] and `bias` [out].
  public init(
    _ scope: Scope, in inputs: Int, out outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, bias hasBias: Bool = true
  ) throws {
    (self.stride, self.padding) = (stride, padding)
    let initial = Initial.fanIn(inputs * kernel * kernel)
    weight = try scope.tensor("weight", [outputs, inputs, kernel, kernel], initial: initial)
    bias = hasBias ? try scope.tensor("bias", [outputs], initial: initial) : nil
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.conv2d(weight, bias, stride: stride, padding: padding) }
}

/// A table of vectors by index.
public struct Embedding {
  /// [count, size]
  public let weight: Tensor

  public init(_ scope: Scope, count: Int, size: Int) throws {
    weight = try scope.tensor("weight", [count, size], initial: .normal(deviation: 0.02))
  }

  /// int64 [...] to [..., size].
  public func callAsFunction(_ indices: Tensor) -> Tensor { weight.embedding(indices) }
}
