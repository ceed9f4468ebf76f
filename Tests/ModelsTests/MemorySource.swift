@testable import LoRWeBModels
import LoRWeBTorch

/// Weights in memory, as if read from a file that holds exactly what a model of that configuration asks for.
struct MemorySource: WeightSource {
  var tensors: [String: Tensor]

  /// Random weights for whatever `build` asks for.
  init<Model>(seed: UInt64 = 0, _ build: (Scope) throws -> Model) throws {
    let random = RandomSource(seed: seed)
    tensors = try withTorchErrors {
      try Dictionary(uniqueKeysWithValues: plan(build).map { ($0.name, try random.tensor($0)) })
    }
  }

  var location: String { "memory" }
  var names: [String]? { tensors.keys.sorted() }
  func shape(of name: String) -> [Int]? { tensors[name]?.shape }
  func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let tensor = tensors[request.name] else { throw ModelError.badInput("no \(request.name)") }
    return tensor
  }
}

extension Tensor {
  /// Root mean square of the difference relative to the other's root mean square.
  func relativeError(to other: Tensor) -> Double {
    let difference = to(.float64) - other.to(.float64)
    return difference.norm().item() / other.to(.float64).norm().item()
  }
}

extension PreNormConfig {
  static let tiny = PreNormConfig(width: 32, feedForwardWidth: 48, layers: 2, heads: 4, activation: .gelu, epsilon: 1e-5)
}
