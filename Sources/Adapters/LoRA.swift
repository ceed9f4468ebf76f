import LoRWeBModels
import LoRWeBTorch

/// An ordinary LoRA: one pair of low-rank matrices a linear, the same for all samples. A mix for one analogy amounts to one
/// (`Mix.lora`): one low-rank side path, which leaves quantised weights as they are.
public struct LoRA: Adapter {
  /// One linear's share: ΔW = strength · up · down.
  public struct Layer {
    /// [R, in], [out, R]
    public let down, up: Tensor

    public init(down: Tensor, up: Tensor) { (self.down, self.up) = (down, up) }
  }

  /// By the linear's path.
  public let matrices: [String: Layer]
  /// Multiplies ΔW.
  public var strength: Double
  public let location: String
  public let layers: [AdaptedLinear]

  /// - Throws: `AdapterError.badLayer` for matrices that don't belong together.
  public init(_ matrices: [String: Layer], strength: Double = 1, location: String) throws {
    layers = try matrices.sorted { $0.key < $1.key }.map { path, layer in
      let (down, up) = (layer.down.shape, layer.up.shape)
      guard down.count == 2, up.count == 2, up[1] == down[0] else {
        throw AdapterError.badLayer(
          location: location, key: path, problem: "down \(down) and up \(up) are not [R, in] and [out, R]")
      }
      return AdaptedLinear(path: path, inputs: down[1], outputs: up[0])
    }
    (self.matrices, self.strength, self.location) = (matrices, strength, location)
  }

  public func deltas() -> [String: any LinearDelta] {
    matrices.mapValues { LowRankDelta(down: $0.down, up: strength == 1 ? $0.up : $0.up * strength) }
  }

  public func weightDelta(_ path: String) -> Tensor? {
    matrices[path].map { layer in
      let up = layer.up.to(.float32)
      return (strength == 1 ? up : up * strength).mm(layer.down.to(.float32))
    }
  }

  public func checkFusible() {}
}

/// x · downᵀ · upᵀ with down [R, in] and up [out, R].
struct LowRankDelta: LinearDelta {
  let down, up: Tensor

  func add(to output: Tensor, input: Tensor) -> Tensor {
    output + input.to(down.dtype).linear(down).linear(up).to(output.dtype)
  }
}
