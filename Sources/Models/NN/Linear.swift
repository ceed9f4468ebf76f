import LoRWeBTorch

/// y = x Wᵀ + bias, plus whatever adapters add.
public final class Linear {
  /// The parameter path without `.weight`, as diffusers and transformers name it.
  public let path: String
  public let inputs: Int
  public let outputs: Int
  /// [out, in]
  public internal(set) var weight: Weight
  public let bias: Tensor?
  private let deltas: DeltaTable.Entry

  /// Asks the scope for `weight` [out, in] and, if there is one, `bias` [out]; throws what it throws.
  public init(_ scope: Scope, in inputs: Int, out outputs: Int, bias hasBias: Bool = true, initial: Initial? = nil) throws {
    path = scope.path
    (self.inputs, self.outputs) = (inputs, outputs)
    let initial = initial ?? .fanIn(inputs)
    weight = try scope.weight("weight", [outputs, inputs], initial: initial)
    bias = hasBias ? try scope.tensor("bias", [outputs], initial: initial) : nil
    deltas = scope.registry.deltas.entry(at: scope.path)
    scope.registry.record(self)
  }

  /// [..., in] to [..., out].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    deltas.list.reduce(weight.multiply(x, bias)) { $1.delta.add(to: $0, input: x) }
  }
}
