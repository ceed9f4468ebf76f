import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("FLUX transformer")
struct FluxTransformerTests {
  private func transformer(_ change: (inout FluxConfig) -> Void = { _ in }) throws -> FluxTransformer {
    var config = FluxConfig.tiny
    change(&config)
    return try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxTransformer($0, config: config) }
  }

  private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    Tensor.randn(shape, generator: try Generator(seed: seed))
  }

  /// Inputs of one step; samples of a batch differ.
  private struct Inputs {
    var groups: [TokenGroup]
    var text, pooled, timesteps, guidance: Tensor
  }

  private func inputs(_ config: FluxConfig, batch: Int = 1, steps: Int = 1) throws -> Inputs {
    func group(_ rows: Int, _ index: Int) throws -> TokenGroup {
      TokenGroup(
        tokens: try random([batch, rows * 3, config.inputChannels], UInt64(10 + index)),
        positions: TokenGroup.gridPositions(rows: rows, columns: 3, index: index), isNoisy: index == 0)
    }
    let times = (0..<batch * steps).map { 1 - Float($0) / Float(batch * steps + 1) }
    return Inputs(
      groups: [try group(2, 0), try group(3, 1)], text: try random([batch, 4, config.textWidth], 20),
      pooled: try random([batch, config.pooledWidth], 21), timesteps: Tensor(times, shape: [batch, steps]),
      guidance: Tensor.full([batch], 2.5))
  }

  private func output(
    _ transformer: FluxTransformer, _ inputs: Inputs, step: Int = 0, run: BlockRunner = runPlainly
  ) throws -> Tensor {
    let modulations = transformer.modulations(timesteps: inputs.timesteps, guidance: inputs.guidance, pooled: inputs.pooled)
    let outputs = transformer(
      inputs.groups, text: inputs.text, modulation: modulations.step(step),
      rotary: transformer.rotary(textLength: inputs.text.size(1), groups: inputs.groups), run: run)
    #expect(outputs.count == inputs.groups.filter(\.isNoisy).count)
    return try #require(outputs.first)
  }

  @Test("Modulations made for all steps at once are those made step by step")
  func modulations() throws {
    try withTorchErrors {
      try noGrad {
        let model = try transformer()
        let all = try inputs(model.config, batch: 2, steps: 3)
        var outputs: [Tensor] = []
        for step in 0..<3 {
          var one = all
          one.timesteps = all.timesteps.narrowed(1, from: step, count: 1)
          outputs.append(try output(model, one))
          #expect(try output(model, all, step: step).distance(to: outputs[step]) < 2e-5)
        }
        #expect(outputs[0].distance(to: outputs[2]) > 1e-3)
      }
    }
  }

  @Test("A batch of two is the two samples")
  func batch() throws {
    try withTorchErrors {
      try noGrad {
        let model = try transformer()
        let both = try inputs(model.config, batch: 2)
        let together = try output(model, both)
        #expect(together.shape == [2, 6, 8])
        for sample in 0..<2 {
          func only(_ x: Tensor) -> Tensor { x.narrowed(0, from: sample, count: 1) }
          var one = both
          for index in one.groups.indices { one.groups[index].tokens = only(both.groups[index].tokens) }
          (one.text, one.pooled, one.timesteps, one.guidance) = (
            only(both.text), only(both.pooled), only(both.timesteps), only(both.guidance)
          )
          #expect(try output(model, one).distance(to: only(together)) < 2e-5)
        }
        #expect(together.selected(0, 0).distance(to: together.selected(0, 1)) > 1e-2)
      }
    }
  }

  @Test("A runner that records and runs every block again gives the same")
  func runner() throws {
    try withTorchErrors {
      try noGrad {
        let model = try transformer()
        let inputs = try inputs(model.config)
        var paths: [String] = []
        var lengths: [Int] = []
        let recording: BlockRunner = { blocks, modulations, hidden, context in
          zip(blocks, modulations).reduce(hidden) { hidden, next in
            paths.append(next.0.path)
            // States kept and brought back, as recomputing for training or streaming from disk does.
            var copy = hidden
            copy.tensors = hidden.tensors.map { $0.clone() }
            _ = next.0(copy, next.1, context)
            let again = next.0(copy, next.1, context)
            lengths.append(again.tensors.count)
            return again
          }
        }
        #expect(try output(model, inputs, run: recording).distance(to: output(model, inputs)) == 0)
        #expect(
          paths == [
            "transformer_blocks.0", "transformer_blocks.1", "single_transformer_blocks.0", "single_transformer_blocks.1",
          ])
        #expect(lengths == [2, 2, 1, 1])
      }
    }
  }

  @Test("A runner decides which blocks run")
  func emptyRunner() throws {
    try withTorchErrors {
      try noGrad {
        let (model, blockless) = (try transformer(), try transformer { ($0.doubleBlocks, $0.singleBlocks) = (0, 0) })
        let inputs = try inputs(model.config)
        let skipped = try output(model, inputs) { _, _, hidden, _ in hidden }
        #expect(try skipped.distance(to: output(blockless, inputs)) == 0)
        #expect(try skipped.distance(to: output(model, inputs)) > 1e-3)
      }
    }
  }

  @Test("Without guidance in the configuration there are no such weights and guidance changes nothing")
  func withoutGuidance() throws {
    try withTorchErrors {
      try noGrad {
        let (with, without) = (try transformer(), try transformer { $0.hasGuidance = false })
        #expect(!without.registry.parameters.contains { $0.name.contains("guidance") })
        #expect(with.registry.parameters.count == without.registry.parameters.count + 4)
        var inputs = try inputs(with.config)
        let (before, beforeWithout) = (try output(with, inputs), try output(without, inputs))
        inputs.guidance = Tensor.full([1], 7)
        #expect(try output(with, inputs).distance(to: before) > 1e-3)
        #expect(try output(without, inputs).distance(to: beforeWithout) == 0)
      }
    }
  }

  @Test("Context changes the painting but is not predicted, and its place in the list tells nothing: its positions do")
  func context() throws {
    try withTorchErrors {
      try noGrad {
        let model = try transformer()
        let inputs = try inputs(model.config)
        let painted = try output(model, inputs)
        var (alone, turned, moved) = (inputs, inputs, inputs)
        alone.groups.removeLast()
        turned.groups.reverse()
        moved.groups[1].positions = TokenGroup.gridPositions(rows: 3, columns: 3, index: 2)
        #expect(try output(model, alone).distance(to: painted) > 1e-3)
        #expect(try output(model, turned).distance(to: painted) < 2e-5)
        #expect(try output(model, moved).distance(to: painted) > 1e-5)
      }
    }
  }

  @Test("Packing latents and unpacking them gives them back")
  func packing() throws {
    try withTorchErrors {
      let latents = try random([2, 3, 4, 6], 1)
      let tokens = LatentPacking.pack(latents)
      #expect(tokens.shape == [2, 6, 12])
      #expect(LatentPacking.unpack(tokens, rows: 2, columns: 3).distance(to: latents) == 0)
      // The first token is the upper left 2×2 of each channel, channel by channel.
      #expect(
        tokens.selected(0, 0).selected(0, 0).distance(
          to: latents.selected(0, 0).narrowed(1, from: 0, count: 2).narrowed(2, from: 0, count: 2).reshaped([12])) == 0)
    }
  }
}
