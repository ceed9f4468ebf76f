import LoRWeBModels
import LoRWeBTorch

/// An ordinary LoRA: one pair of low-rank matrices a linear, the same for all samples. A mix for one analogy amounts to one
/// (`Mix.lora`): one low-rank side path, which leaves quantised weights as they are. `LoRAFile` reads one.
public struct LoRA: Adapter {
  /// One linear's share: ΔW = scale · up · down.
  public struct Layer {
    /// [R, in], [out, R]
    public let down, up: Tensor
    /// alpha / R of a file, and the strength; apart, so that matrices of a file stay views of it.
    public var scale: Double

    public init(down: Tensor, up: Tensor, scale: Double = 1) { (self.down, self.up, self.scale) = (down, up, scale) }

    public var rank: Int { down.size(0) }
    /// up in fp32, the scale multiplied in.
    func scaledUp() -> Tensor { scale == 1 ? up.to(.float32) : up.to(.float32) * scale }
    /// [out, in] in fp32.
    func delta() -> Tensor { scaledUp().mm(down.to(.float32)) }
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

  /// In the matrices' own type, fp32 for those in fp16 or less.
  public func deltas() -> [String: any LinearDelta] {
    matrices.keys.reduce(into: [:]) { deltas, path in
      guard let layer = lowRank(path) else { return }
      let type = layer.down.dtype == layer.up.dtype && layer.down.dtype == .bfloat16 ? DType.bfloat16 : .float32
      deltas[path] = LowRankDelta(down: layer.down.to(type), up: layer.scaledUp().to(type))
    }
  }

  public func lowRank(_ path: String) -> Layer? {
    guard var layer = matrices[path] else { return nil }
    layer.scale *= strength
    return layer
  }

  public func checkFusible() {}

  /// The same with its matrices on a device.
  public func placed(on device: Device) throws -> LoRA {
    try withTorchErrors {
      let moved = matrices.mapValues { Layer(down: $0.down.to(device), up: $0.up.to(device), scale: $0.scale) }
      return try LoRA(moved, strength: strength, location: location)
    }
  }
}

/// x · downᵀ · upᵀ with down [R, in] and up [out, R].
struct LowRankDelta: LinearDelta {
  let down, up: Tensor

  func add(to output: Tensor, input: Tensor) -> Tensor {
    output + input.to(down.dtype).linear(down).linear(up).to(output.dtype)
  }
}
