import LoRWeBModels
import LoRWeBTorch
import Testing

/// What a step can do without: its modulation's linears, tokens whose keys and values were kept; and what can be added to it.
@Suite("Parts of a FLUX step")
struct StepPartsTests {
  private func build(_ build: FluxTransformer.Build) throws -> FluxTransformer {
    try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxTransformer($0, config: .tiny, build: build) }
  }

  private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    Tensor.randn(shape, generator: try Generator(seed: seed))
  }

  private func group(_ index: Int) throws -> TokenGroup {
    TokenGroup(
      tokens: try random([1, 6, FluxConfig.tiny.inputChannels], UInt64(10 + index)),
      positions: TokenGroup.gridPositions(rows: 2, columns: 3, index: index), isNoisy: index == 0)
  }

  private func modulations(_ modulator: FluxModulator?) throws -> Modulations {
    let modulator = try #require(modulator)
    let pooled = try random([1, FluxConfig.tiny.pooledWidth], 21)
    return modulator(timesteps: Tensor([0.8, 0.4], shape: [1, 2]), guidance: .full([1], 2.5), pooled: pooled)
  }

  private func output(
    _ transformer: FluxTransformer, _ groups: [TokenGroup], _ modulations: Modulations, kept: KeptKeys? = nil,
    branch: AttentionBranch? = nil
  ) throws -> Tensor {
    let predicted = transformer(
      groups, text: try random([1, 4, FluxConfig.tiny.textWidth], 20), modulation: modulations,
      rotary: transformer.rotary(textLength: 4, groups: groups), kept: kept, branch: branch)
    return try #require(predicted.first)
  }

  @Test("A modulator loaded alone and blocks without one are the whole transformer, and each asks for its own weights only")
  func apart() throws {
    try withTorchErrors {
      try noGrad {
        let (whole, steps) = (try build(.whole), try build(.steps))
        let alone = try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxModulator($0, config: .tiny) }
        let names = [steps.registry, alone.registry].flatMap { $0.parameters.map(\.name) }
        #expect(names.sorted() == whole.registry.parameters.map(\.name).sorted())
        let groups = [try group(0), try group(1)]
        let expected = try output(whole, groups, modulations(whole.modulator).step(1))
        #expect(try output(steps, groups, modulations(alone).step(1)).distance(to: expected) == 0)
      }
    }
  }

  @Test("Let go, the modulation's linears are gone and memory falls by their size; the steps go on with what they made")
  func released() throws {
    try withTorchErrors {
      try noGrad {
        let whole = try build(.whole)
        let (groups, made) = ([try group(0), try group(1)], try modulations(whole.modulator).step(0))
        let expected = try output(whole, groups, made)
        let size = try #require(whole.modulator).registry.parameters.reduce(0) { sum, parameter in
          let isModulation =
            parameter.name.contains("norm1") || parameter.name.contains(".norm.linear") || parameter.name.hasPrefix("time_text")
            || parameter.name.hasPrefix("norm_out")
          return sum + (isModulation ? parameter.tensor.byteCount : 0)
        }
        let before = whole.registry.byteCount
        weak let linear = whole.registry.linears["transformer_blocks.0.norm1.linear"]
        #expect(linear != nil)
        whole.releaseModulator()
        #expect(linear == nil && size > 0 && whole.registry.byteCount == before - size)
        #expect(try output(whole, groups, made).distance(to: expected) == 0)
      }
    }
    #expect(throws: ModelError.self) {
      try withTorchErrors {
        let steps = try build(.steps)
        _ = steps.modulations(timesteps: .full([1, 1], 0.5), guidance: .full([1], 1), pooled: .zeros([1, 6]))
      }
    }
  }

  @Test("With the context's keys and values kept from the same step the target's tokens alone give the same; later ones differ")
  func kept() throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try build(.whole)
        let (groups, all) = ([try group(0), try group(1)], try modulations(transformer.modulator))
        let kept = KeptKeys(.keeping(allBut: 0..<10))
        let expected = try output(transformer, groups, all.step(0), kept: kept)
        #expect(try output(transformer, groups, all.step(0)).distance(to: expected) == 0)
        kept.mode = .using
        #expect(try output(transformer, [groups[0]], all.step(0), kept: kept).distance(to: expected) < 2e-6)
        #expect(try output(transformer, [groups[0]], all.step(0)).distance(to: expected) > 1e-3)
        let later = try output(transformer, groups, all.step(1))
        #expect(try output(transformer, [groups[0]], all.step(1), kept: kept).distance(to: later) > 1e-5)
      }
    }
  }

  @Test("A branch is asked by every block with its queries, and what it gives is added to the attention")
  func branch() throws {
    try withTorchErrors {
      try noGrad {
        let transformer = try build(.whole)
        let (groups, made) = ([try group(0)], try modulations(transformer.modulator).step(0))
        let expected = try output(transformer, groups, made)
        var asked: [String] = []
        let last = transformer.blocks.last?.path
        let silent = try output(transformer, groups, made) { block, queries in
          asked.append(block)
          // Behind the last block no text is wanted.
          let count = block == last ? 6 : 10
          #expect(queries.shape == [1, count, FluxConfig.tiny.heads, FluxConfig.tiny.headWidth])
          return .zeros([1, count, FluxConfig.tiny.width])
        }
        #expect(silent.distance(to: expected) == 0 && asked == transformer.blocks.map(\.path))
        let loud = try output(transformer, groups, made) { block, queries in
          block == "single_transformer_blocks.1" ? queries.flattened(from: 2) : nil
        }
        #expect(loud.distance(to: expected) > 1e-3)
      }
    }
  }
}
