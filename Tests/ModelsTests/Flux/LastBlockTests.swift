import LoRWeBTorch
import Testing

@testable import LoRWeBModels

/// Behind the last block only predicted tokens are wanted, so only they go through its queries, feed-forward and output.
@Suite("The last block computes what is wanted")
struct LastBlockTests {
  private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    Tensor.randn(shape, generator: try Generator(seed: seed))
  }

  /// Groups of 6, 9 and 4 tokens, of which some are noisy.
  private func groups(_ config: FluxConfig, noisy: Set<Int>, batch: Int) throws -> [TokenGroup] {
    try [(2, 3), (3, 3), (2, 2)].enumerated().map { index, size in
      TokenGroup(
        tokens: try random([batch, size.0 * size.1, config.inputChannels], UInt64(10 + index)),
        positions: TokenGroup.gridPositions(rows: size.0, columns: size.1, index: index), isNoisy: noisy.contains(index))
    }
  }

  @Test(
    "To the bit as with all tokens, for one noisy group or several, in a batch, and where the last block has two streams",
    arguments: [Set([0]), [1], [0, 2], [0, 1, 2]], [(1, 2), (2, 2), (2, 0)])
  func exact(noisy: Set<Int>, shape: (batch: Int, single: Int)) throws {
    try withTorchErrors {
      try noGrad {
        var config = FluxConfig.tiny
        config.singleBlocks = shape.single
        let transformer = try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxTransformer($0, config: config) }
        let groups = try groups(config, noisy: noisy, batch: shape.batch)
        let modulations = transformer.modulations(
          timesteps: .full([shape.batch, 1], 0.7), guidance: .full([shape.batch], 2.5),
          pooled: try random([shape.batch, config.pooledWidth], 21))
        var rows: [Int] = []
        func output(wantsAll: Bool) throws -> [Tensor] {
          let run: BlockRunner = { blocks, modulations, hidden, context in
            var context = context
            if wantsAll { context.wanted = nil }
            let result = runPlainly(blocks, modulations, hidden, context)
            rows.append(result.joined.size(1))
            return result
          }
          return transformer(
            groups, text: try random([shape.batch, 4, config.textWidth], 20), modulation: modulations,
            rotary: transformer.rotary(textLength: 4, groups: groups), run: run)
        }
        let (found, expected) = (try output(wantsAll: false), try output(wantsAll: true))
        #expect(found.count == noisy.count && expected.count == noisy.count)
        for (one, other) in zip(found, expected) { #expect(one.shape == other.shape && one.distance(to: other) == 0) }
        #expect(rows == [noisy.reduce(0) { $0 + [6, 9, 4][$1] }, 23])
      }
    }
  }
}
