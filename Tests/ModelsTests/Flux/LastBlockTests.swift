import LoRWeBTorch
import Testing

@testable import LoRWeBModels

/// Behind the last block only predicted tokens are wanted, so only they go through its queries, feed-forward and output.
///
/// Equal to the bit is what an operator gives for a row whatever other rows there are; libraries of matrix products keep that where
/// there are more than a few rows, so the sizes here aren't the very smallest.
@Suite("The last block computes what is wanted")
struct LastBlockTests {
  private static let sizes = [(8, 8), (8, 12), (8, 8)]
  private static let tokens = [64, 96, 64]
  private let config: FluxConfig

  init() {
    config = FluxConfig(
      inputChannels: 8, doubleBlocks: 1, singleBlocks: 1, headWidth: 32, heads: 4, textWidth: 12, pooledWidth: 10,
      rotaryAxes: [8, 12, 12])
  }

  private func random(_ shape: [Int], _ seed: UInt64) throws -> Tensor {
    Tensor.randn(shape, generator: try Generator(seed: seed))
  }

  private func groups(noisy: Set<Int>, batch: Int) throws -> [TokenGroup] {
    try Self.sizes.enumerated().map { index, size in
      TokenGroup(
        tokens: try random([batch, size.0 * size.1, config.inputChannels], UInt64(10 + index)),
        positions: TokenGroup.gridPositions(rows: size.0, columns: size.1, index: index), isNoisy: noisy.contains(index))
    }
  }

  private func transformer(_ config: FluxConfig) throws -> FluxTransformer {
    try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxTransformer($0, config: config) }
  }

  private func modulations(_ transformer: FluxTransformer, batch: Int) throws -> Modulations {
    transformer.modulations(
      timesteps: .full([batch, 1], 0.7), guidance: .full([batch], 2.5), pooled: try random([batch, config.pooledWidth], 21))
  }

  @Test(
    "To the bit as with all tokens, for one noisy group or several, in a batch, and where the last block has two streams",
    arguments: [Set([0]), [1], [0, 2], [0, 1, 2]], [(1, 1), (2, 1), (1, 0)])
  func exact(noisy: Set<Int>, shape: (batch: Int, single: Int)) throws {
    try withTorchErrors {
      try noGrad {
        var config = config
        config.singleBlocks = shape.single
        let (transformer, groups) = (try transformer(config), try groups(noisy: noisy, batch: shape.batch))
        let (made, text) = (
          try modulations(transformer, batch: shape.batch), try random([shape.batch, 24, config.textWidth], 20)
        )
        var rows: [Int] = []
        func output(wantsAll: Bool) -> [Tensor] {
          let run: BlockRunner = { blocks, modulations, hidden, context in
            var context = context
            if wantsAll { context.wanted = nil }
            let result = runPlainly(blocks, modulations, hidden, context)
            rows.append(result.joined.size(1))
            return result
          }
          return transformer(
            groups, text: text, modulation: made, rotary: transformer.rotary(textLength: 24, groups: groups), run: run)
        }
        let (found, expected) = (output(wantsAll: false), output(wantsAll: true))
        #expect(found.count == noisy.count && expected.count == noisy.count)
        for (one, other) in zip(found, expected) { #expect(one.shape == other.shape && one.distance(to: other) == 0) }
        #expect(rows == [noisy.reduce(0) { $0 + Self.tokens[$1] }, 24 + Self.tokens.reduce(0, +)])
      }
    }
  }

  @Test("With keys and values of text and context kept from the same step, noisy tokens alone give the same to the bit")
  func kept() throws {
    try withTorchErrors {
      try noGrad {
        let (transformer, groups) = (try transformer(config), try groups(noisy: [0], batch: 1))
        let (made, text) = (try modulations(transformer, batch: 1), try random([1, 24, config.textWidth], 20))
        let kept = KeptKeys(.keeping(allBut: 24..<88))
        func output(_ groups: [TokenGroup], text: Tensor?, _ kept: KeptKeys?) throws -> Tensor {
          let rotary = transformer.rotary(textLength: text?.size(1) ?? 0, groups: groups)
          return try #require(transformer(groups, text: text, modulation: made, rotary: rotary, kept: kept).first)
        }
        let expected = try output(groups, text: text, kept)
        #expect(try output(groups, text: text, nil).distance(to: expected) == 0)
        kept.mode = .using
        #expect(try output([groups[0]], text: nil, kept).distance(to: expected) == 0)
        #expect(try output([groups[0]], text: nil, nil).distance(to: expected) > 1e-3)
      }
    }
  }
}
