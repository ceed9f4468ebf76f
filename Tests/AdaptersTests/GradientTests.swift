import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Gradients through the residual way")
struct GradientTests {
  private let linear: Linear
  private let registry: Registry
  private let basis: LoRABasis
  private let x: Tensor
  private let query: Tensor
  private let weights: Tensor

  init() throws {
    (linear, registry, basis, x, query, weights) = try withTorchErrors {
      let scope = Scope(RandomSource(seed: 1), dtype: .float64, device: .cpu)
      let linear = try Linear(scope["transformer_blocks.0.attn.to_q"], in: 5, out: 4)
      var settings = RouterSettings.paper
      settings.heads = 2
      let basis = try LoRABasis(
        Scope(RandomSource(seed: 2), dtype: .float64, device: .cpu),
        layers: [AdaptedLinear(path: linear.path, inputs: 5, outputs: 4)],
        size: BasisSize(count: 3, rank: 2, keyWidth: 4, queryWidth: 6), settings: settings, startOfB: .normal(deviation: 1))
      func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
        Tensor.randn(shape, generator: try Generator(seed: seed), dtype: .float64)
      }
      return (linear, scope.registry, basis, try random([2, 3, 5], 3), try random([2, 6], 4), try random([2, 3, 4], 5))
    }
  }

  private func loss() throws -> Tensor {
    let mix = Mix(basis: basis, query: query, strength: 0.7)
    let attachment = try mix.attach(to: registry.deltas, mix.fit(registry))
    defer { attachment.takeOff() }
    return (linear(x) * weights).sum()
  }

  @Test("A, B, keys and to_q have the slopes that finite differences find")
  func finiteDifferences() throws {
    try withTorchErrors {
      let parameters = basis.registry.parameters
      for parameter in parameters { parameter.tensor.requiringGrad() }
      let found = gradients(of: [try loss()], withRespectTo: parameters.map(\.tensor))
      #expect(parameters.count == 4)
      for (parameter, gradient) in zip(parameters, found) {
        let slopes = try #require(gradient, "\(parameter.name)").array(of: Double.self)
        #expect(slopes.contains { abs($0) > 1e-3 }, "\(parameter.name)")
        for index in stride(from: 0, to: slopes.count, by: max(slopes.count / 6, 1)) {
          let expected = try slope(parameter.tensor, at: index)
          #expect(abs(slopes[index] - expected) < 1e-6 * max(1, abs(expected)), "\(parameter.name) \(index)")
        }
      }
    }
  }

  /// (f(w + h) − f(w − h)) / 2 h for one value of a parameter.
  private func slope(_ tensor: Tensor, at index: Int) throws -> Double {
    let step = 1e-5
    func shifted(_ amount: Double) throws -> Double {
      try noGrad {
        let old = tensor.withUnsafeMutableBytes { bytes in
          let values = bytes.bindMemory(to: Double.self)
          defer { values[index] += amount }
          return values[index]
        }
        defer { tensor.withUnsafeMutableBytes { $0.bindMemory(to: Double.self)[index] = old } }
        return try loss().item()
      }
    }
    return (try shifted(step) - shifted(-step)) / (2 * step)
  }
}
