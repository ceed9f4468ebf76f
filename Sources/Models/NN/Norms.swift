import LoRWeBTorch

/// Layer normalisation over the last dimension, with or without its own scale and shift.
public struct LayerNorm {
  private let size: Int
  private let weight, bias: Tensor?
  private let epsilon: Double

  public init(_ scope: Scope, size: Int, epsilon: Double) throws {
    (self.size, self.epsilon) = (size, epsilon)
    weight = try scope.tensor("weight", [size], initial: .ones)
    bias = try scope.tensor("bias", [size], initial: .zeros)
  }

  /// Without parameters (`elementwise_affine=False`).
  public init(size: Int, epsilon: Double) {
    (self.size, self.epsilon) = (size, epsilon)
    weight = nil
    bias = nil
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm([size], weight: weight, bias: bias, epsilon: epsilon) }
}

/// Division by the root mean square over the last dimension, computed in fp32, then scaled.
public struct RMSNorm {
  private let size: Int
  private let weight: Tensor
  private let epsilon: Double

  public init(_ scope: Scope, size: Int, epsilon: Double) throws {
    (self.size, self.epsilon) = (size, epsilon)
    weight = try scope.tensor("weight", [size], initial: .ones)
  }

  /// As diffusers and T5 round it: the normalised value in the weight's type first, then the product.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.to(.float32).rmsNorm(size, epsilon: epsilon).to(weight.dtype) * weight }
}

/// Group normalisation of [B, C, H, W].
public struct GroupNorm {
  let groups: Int
  private let weight, bias: Tensor
  private let epsilon: Double

  public init(_ scope: Scope, groups: Int, channels: Int, epsilon: Double) throws {
    guard groups > 0, channels.isMultiple(of: groups) else {
      throw ModelError.badConfig("\(scope.path): \(channels) channels can't be normalised in \(groups) equal groups.")
    }
    (self.groups, self.epsilon) = (groups, epsilon)
    weight = try scope.tensor("weight", [channels], initial: .ones)
    bias = try scope.tensor("bias", [channels], initial: .zeros)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.groupNorm(groups, weight: weight, bias: bias, epsilon: epsilon) }

  /// Scale and shift [B, C, 1, 1] in fp32 that do the same to a picture of these statistics, [B, groups] each.
  func affine(mean: Tensor, variance: Tensor) -> (scale: Tensor, shift: Tensor) {
    let deviation = (variance + epsilon).reciprocalSquareRoot().unsqueezed(2)
    let scale = deviation * weight.to(.float32).reshaped([1, groups, -1])
    let shift = bias.to(.float32).reshaped([1, groups, -1]) - mean.unsqueezed(2) * scale
    return (scale.reshaped([mean.size(0), -1, 1, 1]), shift.reshaped([mean.size(0), -1, 1, 1]))
  }
}
