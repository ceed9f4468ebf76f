import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite struct LoRWeBParity {
  let io: Golden
  let config: FluxConfig

  init() throws {
    io = try Goldens.io("lorweb_tiny")
    config = try io.config()
  }

  private func basis(_ file: String = "lorweb_tiny.basis", _ change: (inout RouterSettings) -> Void = { _ in }) throws
    -> LoRABasis
  {
    let stored = try BasisFile(Goldens.file(file)).basis(dtype: .float32)
    var settings = stored.settings
    change(&settings)
    return try load(from: Goldens.basisSource(file), dtype: .float32) { scope in
      try LoRABasis(scope, layers: AdaptedLinear.all(in: config), size: stored.size, settings: settings)
    }
  }

  /// The golden's output for one mix attached as residual.
  private func output(_ mix: Mix?, _ prefix: String = "in.", asLoRA: Bool = false) throws -> Tensor {
    let transformer = try goldenTransformer(config)
    let adapter: (any Adapter)? = asLoRA ? try mix?.lora() : mix
    let attachment = try adapter.map { try $0.attach(to: transformer.registry.deltas, $0.fit(transformer.registry)) }
    defer { attachment?.takeOff() }
    return try FluxCase(transformer, io.tensors(prefix)).output
  }

  @Test("Coefficients of every layer equal the reference") func coefficientsOfEveryLayerEqualTheReference() throws {
    try withTorchErrors {
      try noGrad {
        let coefficients = Router(try basis()).coefficients(query: try io["in.query"])
        let expected = try io.tensors("coeffs.")
        #expect(Set(coefficients.keys) == Set(expected.keys))
        for (path, reference) in expected {
          #expect(try #require(coefficients[path]).distance(to: reference) <= 1e-6, "\(path)")
        }
      }
    }
  }

  @Test("Weight deltas equal the reference") func weightDeltasEqualTheReference() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis(), query: try io["in.query"])
        let expected = try io.tensors("delta.")
        #expect(expected.count >= 4)
        for (path, reference) in expected {
          #expect(try #require(mix.weightDelta(path)).distance(to: reference) <= 1e-6, "\(path)")
        }
      }
    }
  }

  @Test("Outputs of the base, and with the mix attached, as an ordinary LoRA and fused, equal the reference")
  func baseResidualRankConcatenatedAndFusedOutputs() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis(), query: try io["in.query"])
        #expect(try output(nil).distance(to: try io["out.base"]) <= 2e-5)
        #expect(try output(mix).distance(to: try io["out.unmerged"]) <= 2e-5)
        #expect(try output(mix, asLoRA: true).distance(to: try io["out.unmerged"]) <= 2e-5)
        let fused = try FusedSource(Goldens.weights("flux_tiny"), adding: mix)
        let transformer = try load(from: fused, dtype: .float32) { try FluxTransformer($0, config: config) }
        #expect(try FluxCase(transformer, io.tensors("in.")).output.distance(to: try io["out.merged"]) <= 2e-5)
        #expect(try io["out.base"].distance(to: try io["out.unmerged"]) > 0.1)
      }
    }
  }

  @Test("A basis stored in fp16 gives the reference's output") func aBasisStoredInFp16GivesThe() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis("lorweb_tiny.basis_fp16"), query: try io["in.query"])
        #expect(try output(mix).distance(to: try io["out.unmerged_basis_fp16"]) <= 2e-5)
      }
    }
  }

  @Test("In a batch every sample has its own query and coefficients") func inABatchEverySampleHasIts() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis(), query: try io["b2.in.query"])
        #expect(try output(mix, "b2.in.").distance(to: try io["b2.out.unmerged"]) <= 2e-5)
      }
    }
  }

  @Test(
    "Heads, tanh, sum and scale equal the reference",
    arguments: [
      ("h4_softmax_mean", 4, RouterSettings.Activation.softmax, RouterSettings.Reduce.mean, 1.0),
      ("h2_tanh_mean", 2, .tanh, .mean, 1), ("h2_tanh_sum", 2, .tanh, .sum, 1), ("h2_softmax_sum", 2, .softmax, .sum, 1),
      ("h1_softmax_mean_scale025", 1, .softmax, .mean, 0.25),
    ]) func headsTanhSumAndScaleEqualThe(
      name: String, heads: Int, activation: RouterSettings.Activation, reduce: RouterSettings.Reduce, scale: Double
    ) throws
  {
    try withTorchErrors {
      try noGrad {
        let basis = try basis { settings in
          settings.heads = heads
          settings.activation = activation
          settings.reduce = reduce
        }
        let mix = Mix(basis: basis, query: try io["in.query"], strength: scale)
        let c = try #require(mix.coefficients["transformer_blocks.0.attn.to_q"])
        #expect(try c.distance(to: io["variant.\(name).coeffs"]) <= 1e-6)
        #expect(try output(mix).distance(to: try io["variant.\(name).out"]) <= 2e-5)
      }
    }
  }
}
