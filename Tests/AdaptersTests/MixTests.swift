import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Mixes")
struct MixTests {
  /// The tiny transformer's output with the mix in one of the three ways.
  private enum Way: CaseIterable { case attached, lora, fused }

  private func output(_ mix: Mix, _ way: Way, dtype: DType = .float32) throws -> Tensor {
    switch way {
    case .fused:
      return try Tiny.output(
        Tiny.transformer(FusedSource(Tiny.weights, adding: mix), dtype: dtype), dtype: dtype)
    case .attached, .lora:
      let transformer = try Tiny.transformer(dtype: dtype)
      let attachment = try attach(mix, to: transformer, asLoRA: way == .lora)
      defer { attachment.takeOff() }
      return try Tiny.output(transformer, dtype: dtype)
    }
  }

  private func attach(_ mix: Mix, to transformer: FluxTransformer, asLoRA: Bool = false) throws -> DeltaTable.Attachment {
    let adapter: any Adapter = asLoRA ? try mix.lora() : mix
    return try adapter.attach(to: transformer.registry.deltas, adapter.fit(transformer.registry))
  }

  @Test("Attached, as an ordinary LoRA and fused are equal within rounding", arguments: [0, 1, 0.5, -1])
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
        let exact = try output(Mix(basis: Tiny.basis(), query: Tiny.query(), strength: strength), .attached)
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
        let attachment = try attach(Mix(basis: basis, query: concatenated(queries, along: 0)), to: transformer)
        defer { attachment.takeOff() }
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
        expectRefusal("2") { _ = try mix.lora() }
        expectRefusal("2") { _ = try FusedSource(Tiny.weights, adding: mix) }
        let before = try Tiny.output(transformer)
        expectRefusal("2") {
          _ = try mix.fuse(into: [transformer.registry], readFrom: Tiny.weights, mix.fit(transformer.registry))
        }
        #expect(try Tiny.output(transformer).distance(to: before) == 0)
      }
    }
  }

  @Test("Taken off again, the model is as it was", arguments: [false, true])
  func takenOff(asLoRA: Bool) throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer()
        let before = try Tiny.output(transformer)
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        let attachment = try attach(mix, to: transformer, asLoRA: asLoRA)
        let table = transformer.registry.deltas
        #expect(transformer.registry.linears.keys.filter { table.count(at: $0) == 1 }.count == mix.basis.layers.count)
        #expect(try Tiny.output(transformer).distance(to: before) > 0.05)
        attachment.takeOff()
        #expect(table.isEmpty)
        #expect(try Tiny.output(transformer).distance(to: before) == 0)
      }
    }
  }

  @Test("Two adapters on one model add up, and each is taken off alone")
  func sum() throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer()
        let one = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        let alone = try output(one, .attached)
        let (first, second) = (try attach(one, to: transformer), try attach(one, to: transformer, asLoRA: true))
        var twice = one
        twice.strength = 2
        #expect(try Tiny.output(transformer).distance(to: output(twice, .attached)) < 2e-5)
        second.takeOff()
        #expect(try Tiny.output(transformer).distance(to: alone) == 0)
        first.takeOff()
        #expect(transformer.registry.deltas.isEmpty)
      }
    }
  }

  @Test("What isn't kept is taken off")
  func letGo() throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer()
        _ = try attach(Mix(basis: try Tiny.basis(), query: try Tiny.query()), to: transformer)
        #expect(transformer.registry.deltas.isEmpty)
      }
    }
  }

  @Test(
    "Fused into a model in memory it is the model loaded with it, and taken off the weights are bit for bit what they were",
    arguments: [DType.float32, .bfloat16])
  func fusion(dtype: DType) throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try Tiny.transformer(dtype: dtype)
        let weights = transformer.registry.parameters.map { $0.tensor.clone() }
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        let fusion = try mix.fuse(into: [transformer.registry], readFrom: Tiny.weights, mix.fit(transformer.registry))
        #expect(try Tiny.output(transformer, dtype: dtype).distance(to: output(mix, .fused, dtype: dtype)) == 0)
        #expect(zip(weights, transformer.registry.parameters).contains { $0.distance(to: $1.tensor) > 0 })
        try fusion.takeOff()
        for (before, parameter) in zip(weights, transformer.registry.parameters) {
          #expect(before.distance(to: parameter.tensor) == 0 && parameter.tensor.dtype == dtype, "\(parameter.name)")
        }
      }
    }
  }

  @Test("A mix that doesn't fit the model is refused and nothing is changed", arguments: [false, true])
  func unfit(asLoRA: Bool) throws {
    try withTorchErrors {
      try noGrad {
        var config = Tiny.config
        config.singleBlocks = 0
        let short = try load(from: Tiny.weights, dtype: .float32) { try FluxTransformer($0, config: config) }
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        expectRefusal("single_transformer_blocks.0.") { _ = try attach(mix, to: short, asLoRA: asLoRA) }
        let other = try Fit(of: AdaptedLinear.all(in: short.registry), to: short.registry, from: "another basis")
        expectRefusal("others than those that were checked") { _ = try mix.attach(to: short.registry.deltas, other) }
        expectRefusal("others than those that were checked") {
          _ = try mix.fuse(into: [short.registry], readFrom: Tiny.weights, other)
        }
        #expect(short.registry.deltas.isEmpty)
      }
    }
  }

  @Test("With one block in memory at a time the numbers are the same bits, adapters on")
  func streamed() throws {
    try withTorchErrors {
      try noGrad {
        let mix = Mix(basis: try Tiny.basis(), query: try Tiny.query())
        let whole = try Tiny.transformer()
        let streamed = try FluxTransformer(
          Scope(Tiny.weights, dtype: .float32, device: .cpu, deltas: whole.registry.deltas), config: Tiny.config,
          build: .streamed)
        let blocks = streamed.registry.parameters.filter { FluxTransformer.adapts($0.name) }
        #expect(blocks.isEmpty && streamed.registry.byteCount < whole.registry.byteCount / 3)
        let attachment = try attach(mix, to: whole)
        defer { attachment.takeOff() }
        let expected = try Tiny.output(whole)
        #expect(try Tiny.output(streamed, modulatedBy: whole.modulator).distance(to: expected) == 0)
      }
    }
  }

  @Test("A streamed block that can't be read is the scope's error")
  func streamedUnreadable() throws {
    struct Failing: WeightSource {
      var location: String { "a disk" }
      var names: [String]? { nil }
      func shape(of name: String) -> [Int]? { nil }
      func tensor(_ request: WeightRequest) throws -> Tensor {
        guard !FluxTransformer.adapts(request.name) else { throw ModelError.badInput("The disk is gone.") }
        return try Tiny.weights.tensor(request)
      }
    }
    let whole = try Tiny.transformer()
    #expect(throws: ModelError.badInput("The disk is gone.")) {
      try withTorchErrors {
        try noGrad {
          let streamed = try FluxTransformer(
            Scope(Failing(), dtype: .float32, device: .cpu), config: Tiny.config, build: .streamed)
          _ = try Tiny.output(streamed, modulatedBy: whole.modulator)
        }
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
    for layer in basis.layers.values { _ = layer.loraA.multiplyInPlace(0) }
    #expect(try warnings(basis).count == 1)
  }

  @Test("All tanh coefficients zero") func zeroCoefficients() throws {
    let texts = try warnings(Tiny.basis { $0.activation = .tanh }, query: .zeros([1, 12]))
    #expect(texts.count == 1 && texts[0].contains("coefficients"))
    #expect(try warnings(Tiny.basis(), query: .zeros([1, 12])) == [], "a softmax of equal scores still mixes")
  }

  @Test("Coefficients only where the LoRA itself is zero") func disjoint() throws {
    let basis = try Tiny.basis()
    for layer in basis.layers.values { _ = layer.loraB.selected(0, 0).multiplyInPlace(0) }
    let first = Tensor([1, 0, 0] as [Float], shape: [1, 3])
    let mix = Mix(basis: basis, coefficients: basis.layers.mapValues { _ in first })
    #expect(mix.warnings().count == 1)
  }
}
