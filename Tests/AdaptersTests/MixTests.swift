import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Mixes")
struct MixTests {
  /// The tiny transformer's output with the mix in one of the three ways.
  private enum Way: CaseIterable { case residual, rankConcatenated, fused }

  private func output(_ mix: Mix, _ way: Way, dtype: DType = .float32) throws -> Tensor {
    switch way {
    case .fused:
      return try Tiny.output(
        Tiny.transformer(FusedSource(Tiny.weights, adding: mix, from: "a basis"), dtype: dtype), dtype: dtype)
    case .residual, .rankConcatenated:
      let transformer = try Tiny.transformer(dtype: dtype)
      try mix.attach(to: transformer.registry, as: way == .residual ? .residual : .rankConcatenated)
      return try Tiny.output(transformer, dtype: dtype)
    }
  }

  @Test("Residual, rank-concatenated and fused are equal within rounding", arguments: [0, 1, 0.5, -1])
  func threeWays(strength: Double) throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query(), strength: strength)
        let base = try Tiny.output(Tiny.transformer())
        let outputs = try Way.allCases.map { try output(mix, $0) }
        for other in outputs { #expect(other.distance(to: outputs[0]) < 2e-5) }
        if strength == 0 {
          #expect(outputs[0].distance(to: base) == 0 && outputs[2].distance(to: base) == 0)
        } else {
          #expect(outputs[0].distance(to: base) > 0.05)
        }
      }
    }
  }

  @Test("In bf16 they are equal within bf16's rounding, and within it equal to fp32", arguments: [1, -1])
  func bfloat16(strength: Double) throws {
    try withTorchErrors {
      try noGrad {
        let exact = try output(Mix(basis: Tiny.basis(), query: Tiny.query(), strength: strength), .residual)
        let mix = Mix(basis: try Tiny.basis(dtype: .bfloat16), query: try Tiny.query(), strength: strength)
        for way in Way.allCases {
          let rounded = try output(mix, way, dtype: .bfloat16)
          #expect(rounded.dtype == .bfloat16)
          #expect((rounded.to(.float32) - exact).norm().item() / exact.norm().item() < 0.03)
        }
      }
    }
  }

  @Test("Strength multiplies the weight delta")
  func strength() throws {
    try withTorchErrors {
      var mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
      let once = try #require(mix.weightDelta(Tiny.layer))
      #expect(once.shape == [32, 32] && once.magnitude().maximum().item() > 0.01)
      for strength in [2, 0.5, -1, 0] {
        mix.strength = strength
        #expect(try #require(mix.weightDelta(Tiny.layer)).distance(to: once * strength) < 1e-6)
      }
      #expect(mix.weightDelta("x_embedder") == nil)
    }
  }

  @Test("The weight delta is the paper's sum over the bank")
  func formula() throws {
    try withTorchErrors {
      let basis = try Tiny.basis()
      let mix = Mix(basis: basis, query: try Tiny.query())
      let (layer, c) = (
        try #require(basis.layers[Tiny.layer]), try #require(mix.coefficients[Tiny.layer]).array(of: Float.self)
      )
      var expected = Tensor.zeros([32, 32])
      for n in 0..<Tiny.size.count {
        expected = expected + layer.loraA.selected(0, n).mm(layer.loraB.selected(0, n)).transposed() * Double(c[n])
      }
      #expect(try #require(mix.weightDelta(Tiny.layer)).distance(to: expected) < 1e-6)
      #expect(abs(c.reduce(0, +) - 1) < 1e-6 && c.allSatisfy { $0 > 0 })
    }
  }

  @Test("In a batch each sample has its own analogy")
  func batch() throws {
    try withTorchErrors {
      try noGrad {
        let basis = try Tiny.basis()
        let queries = [try Tiny.query(seed: 1), try Tiny.query(seed: 2)]
        let transformer = try Tiny.transformer()
        try Mix(basis: basis, query: concatenated(queries, along: 0)).attach(to: transformer.registry, as: .residual)
        let both = try Tiny.output(transformer, batch: 2)
        let alone = try queries.map { try output(Mix(basis: basis, query: $0), .fused) }
        for sample in 0..<2 { #expect(both.narrowed(0, from: sample, count: 1).distance(to: alone[sample]) < 2e-5) }
        #expect(alone[0].distance(to: alone[1]) > 0.005)
      }
    }
  }

  @Test("A query of several tokens is the same query flattened")
  func tokens() throws {
    try withTorchErrors {
      let basis = try Tiny.basis()
      let flat = try Tiny.query()
      let whole = Router(basis).coefficients(query: flat)
      for (path, c) in Router(basis).coefficients(query: flat.reshaped([1, 3, 4])) {
        #expect(try c.distance(to: #require(whole[path])) == 0)
      }
    }
  }

  @Test("Ways that hold one analogy refuse a batch of them, and change nothing")
  func oneSample() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query(batch: 2))
        let transformer = try Tiny.transformer()
        expectRefusal("2") { try mix.attach(to: transformer.registry, as: .rankConcatenated) }
        #expect(transformer.registry.linears.values.allSatisfy { $0.delta == nil })
        expectRefusal("2") { _ = try FusedSource(Tiny.weights, adding: mix, from: "a basis") }
      }
    }
  }

  @Test("Taken off again, the model is as it was", arguments: Mix.Attachment.allCases)
  func detach(form: Mix.Attachment) throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer()
        let before = try Tiny.output(transformer)
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        try mix.attach(to: transformer.registry, as: form)
        #expect(transformer.registry.linears.values.filter { $0.delta != nil }.count == mix.basis.layers.count)
        #expect(try Tiny.output(transformer).distance(to: before) > 0.05)
        mix.detach(from: transformer.registry)
        #expect(transformer.registry.linears.values.allSatisfy { $0.delta == nil })
        #expect(try Tiny.output(transformer).distance(to: before) == 0)
      }
    }
  }

  @Test("Another mix takes the first one's place")
  func replaced() throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer()
        let second = Mix(basis: try Tiny.basis(), query: try Tiny.query(seed: 2))
        try Mix(basis: try Tiny.basis(), query: try Tiny.query()).attach(to: transformer.registry, as: .residual)
        try second.attach(to: transformer.registry, as: .residual)
        #expect(try Tiny.output(transformer).distance(to: output(second, .residual)) == 0)
      }
    }
  }

  @Test("A mix that doesn't fit the model is refused and nothing is changed", arguments: Mix.Attachment.allCases)
  func unfit(form: Mix.Attachment) throws {
    try withTorchErrors {
      try noGrad {
        var config = Tiny.config
        config.singleBlocks = 0
        let short = try load(from: Tiny.weights, dtype: .float32) { try FluxTransformer($0, config: config) }
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        expectRefusal("single_transformer_blocks.0.") { try mix.attach(to: short.registry, as: form) }
        #expect(short.registry.linears.values.allSatisfy { $0.delta == nil })
      }
    }
  }
}

@Suite("Mixes that do nothing say so")
struct SilentMixTests {
  private func warnings(_ basis: LoRABasis, query: Tensor? = nil, strength: Double = 1) throws -> [String] {
    try withTorchErrors { try noGrad { Mix(basis: basis, query: try query ?? Tiny.query(), strength: strength).warnings() } }
  }

  @Test("A mix that does something has nothing to say") func none() throws {
    #expect(try warnings(Tiny.basis()) == [])
    #expect(try warnings(Tiny.basis(), strength: -0.1) == [])
  }

  @Test("Strength 0") func strength() throws {
    let texts = try warnings(Tiny.basis(), strength: 0)
    #expect(texts.count == 1 && texts[0].contains("strength is 0"))
  }

  @Test("All B zero, as training starts") func untrained() throws {
    let texts = try warnings(Tiny.basis(startOfB: .zeros))
    #expect(texts.count == 1 && texts[0].contains("B matrices"))
  }

  @Test("All A zero") func zeroA() throws {
    let basis = try Tiny.basis()
    for layer in basis.layers.values { _ = layer.loraA.zeroInPlace() }
    #expect(try warnings(basis).count == 1)
  }

  @Test("All tanh coefficients zero") func zeroCoefficients() throws {
    let texts = try warnings(Tiny.basis { $0.activation = .tanh }, query: .zeros([1, 12]))
    #expect(texts.count == 1 && texts[0].contains("coefficients"))
    #expect(try warnings(Tiny.basis(), query: .zeros([1, 12])) == [], "a softmax of equal scores still mixes")
  }

  @Test("Coefficients only where the LoRA itself is zero") func disjoint() throws {
    let basis = try Tiny.basis()
    for layer in basis.layers.values { _ = layer.loraB.selected(0, 0).zeroInPlace() }
    let first = Tensor([1, 0, 0] as [Float], shape: [1, 3])
    let mix = Mix(basis: basis, coefficients: basis.layers.mapValues { _ in first })
    #expect(mix.warnings().count == 1)
  }
}
