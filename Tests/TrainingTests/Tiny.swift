import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch
import LoRWeBTraining

/// A transformer, a basis and batches small enough for every test, of random numbers that a seed fixes.
enum Tiny {
  static let config = FluxConfig(
    inputChannels: 8, doubleBlocks: 2, singleBlocks: 2, headWidth: 16, heads: 2, textWidth: 12, pooledWidth: 10,
    rotaryAxes: [4, 6, 6])
  static let size = BasisSize(count: 3, rank: 2, keyWidth: 8, queryWidth: 12)

  static func transformer(dtype: DType = .float32) throws -> FluxTransformer {
    try load(from: RandomSource(seed: 7), dtype: dtype) { try FluxTransformer($0, config: config) }
  }

  static func basis(startOfB: Initial = .normal(deviation: 1)) throws -> LoRABasis {
    try load(from: TrainableSource(RandomSource(seed: 3)), dtype: .float32) { scope in
      try LoRABasis(scope, layers: AdaptedLinear.all(in: config), size: size, settings: .paper, startOfB: startOfB)
    }
  }

  static func batch(count: Int = 2, seed: UInt64 = 11) throws -> TrainingBatch {
    let generator = try Generator(seed: seed)
    func random(_ shape: Int...) -> Tensor { .randn([count] + shape, generator: generator) }
    return TrainingBatch(
      target: random(16, config.inputChannels), context: random(16, config.inputChannels), rows: 4, columns: 4,
      text: random(5, config.textWidth), pooled: random(config.pooledWidth), query: random(size.queryWidth))
  }

  static func draw(_ batch: TrainingBatch, seed: UInt64 = 12) throws -> NoiseDraw {
    let generator = try Generator(seed: seed)
    return NoiseDraw(
      sigmas: .rand([batch.count], generator: generator), noise: .randn(batch.target.shape, generator: generator))
  }
}
