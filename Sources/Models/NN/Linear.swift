import LoRWeBTorch

/// Something added to a linear's output; adapters set it by the linear's path.
public protocol LinearDelta {
  /// output + what the delta makes of input. Shapes: input [B, ..., in], output [B, ..., out].
  func add(to output: Tensor, input: Tensor) -> Tensor
}

/// y = x Wᵀ + bias, plus whatever an adapter adds.
public final class Linear {
  /// The parameter path without `.weight`, as diffusers and transformers name it.
  public let path: String
  public let inputs: Int
  public let outputs: Int
  public let weight: Weight
  public let bias: Tensor?
  /// What an adapter adds; nil for the plain linear.
  public var delta: (any LinearDelta)?

  /// Asks the scope for `weight` [out, in] and, if there is one, `bias` [out].
  ///
  /// - Throws: what the scope throws.
  public init(_ scope: Scope, in inputs: Int, out outputs: Int, bias hasBias: Bool = true, initial: Initial? = nil) throws {
    path = scope.path
    self.inputs = inputs
    self.outputs = outputs
    let initial = initial ?? .fanIn(inputs)
    weight = .dense(try scope.tensor("weight", [outputs, inputs], initial: initial))
    bias = hasBias ? try scope.tensor("bias", [outputs], initial: initial) : nil
    scope.registry.record(self)
  }

  /// [..., in] to [..., out].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let y = weight.multiply(x, bias)
    return delta?.add(to: y, input: x) ?? y
  }
}
