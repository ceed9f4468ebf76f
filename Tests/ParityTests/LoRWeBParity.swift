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
    let stored = try BasisFile(Goldens.file(file)).basis(dtype: .float32, device: Goldens.device)
    var settings = stored.settings
    change(&settings)
    return try load(from: Goldens.basisSource(file), dtype: .float32, device: Goldens.device) { scope in
      try LoRABasis(scope, layers: AdaptedLinear.all(in: config), size: stored.size, settings: settings)
    }
  }

  /// Compares the output for one mix attached as residual, or as an ordinary LoRA, with the golden's.
  private func expectOutput(_ mix: Mix?, _ golden: String, of inputs: String = "in.", asLoRA: Bool = false) throws {
    let transformer = try goldenTransformer(config)
    let adapter: (any Adapter)? = asLoRA ? try mix?.lora() : mix
    let attachment = try adapter.map { try $0.attach(to: transformer.registry.deltas, $0.fit(transformer.registry)) }
    defer { attachment?.takeOff() }
    let distance = try FluxCase(transformer, io.tensors(inputs)).output.distance(to: io[golden])
    #expect(distance <= 2e-5 * Goldens.slack, "\(golden)\(asLoRA ? " as LoRA" : "")")
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
        try expectOutput(nil, "out.base")
        try expectOutput(mix, "out.unmerged")
        try expectOutput(mix, "out.unmerged", asLoRA: true)
        let fused = try FusedSource(Goldens.weights("flux_tiny"), adding: mix)
        let transformer = try load(from: fused, dtype: .float32, device: Goldens.device) {
          try FluxTransformer($0, config: config)
        }
        let distance = try FluxCase(transformer, io.tensors("in.")).output.distance(to: io["out.merged"])
        #expect(distance <= 2e-5 * Goldens.slack)
        #expect(try io["out.base"].distance(to: try io["out.unmerged"]) > 0.1)
      }
    }
  }

  @Test("A basis stored in fp16 gives the reference's output") func aBasisStoredInFp16GivesThe() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis("lorweb_tiny.basis_fp16"), query: try io["in.query"])
        try expectOutput(mix, "out.unmerged_basis_fp16")
      }
    }
  }

  @Test("In a batch every sample has its own query and coefficients") func inABatchEverySampleHasIts() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try basis(), query: try io["b2.in.query"])
        try expectOutput(mix, "b2.out.unmerged", of: "b2.in.")
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
        try expectOutput(mix, "variant.\(name).out")
      }
    }
  }
}
