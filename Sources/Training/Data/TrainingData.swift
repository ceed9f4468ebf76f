import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// Where steps get their inputs, and how to go on there after an interruption.
public struct TrainingData {
  /// The next batch of that many analogies; everything random is drawn from the generator, or follows from the position.
  public let next: (_ count: Int, _ generator: Generator) throws -> TrainingBatch
  /// Everything needed to give the same batches from here on.
  public let position: () throws -> Data
  /// Goes on from a saved position.
  public let restore: (Data) throws -> Void

  public init(
    next: @escaping (Int, Generator) throws -> TrainingBatch, position: @escaping () throws -> Data,
    restore: @escaping (Data) throws -> Void
  ) {
    (self.next, self.position, self.restore) = (next, position, restore)
  }

  /// Random latents and embeddings of the right sizes, to rehearse a recipe: its speed, memory and files without any picture.
  /// Rows, columns and length are in tokens.
  public static func random(
    _ config: FluxConfig, queryWidth: Int, rows: Int, columns: Int, textLength: Int, seed: UInt64
  ) -> TrainingData {
    var number: UInt64 = 0
    return TrainingData(
      next: { count, _ in
        try withTorchErrors {
          let generator = try Generator(seed: seed &+ number &* 0x9e37_79b9_7f4a_7c15)
          number += 1
          func random(_ shape: Int...) -> Tensor { .randn([count] + shape, generator: generator) }
          return TrainingBatch(
            target: random(rows * columns, config.outputChannels), context: random(rows * columns, config.inputChannels),
            rows: rows, columns: columns, text: random(textLength, config.textWidth), pooled: random(config.pooledWidth),
            query: random(queryWidth))
        }
      },
      position: { try number.readableJSON() }, restore: { number = try JSONDecoder().decode(UInt64.self, from: $0) })
  }
}
