import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

extension LoRABasis {
  /// A new basis for a run: B zero, so that it changes nothing yet, the rest random by the run's seed.
  ///
  /// - Parameters:
  ///   - encoder: the image encoder's name.
  ///   - encoderWidth: width of its embeddings.
  /// - Throws: `TrainingError.badSetting` for an identity projection of other width; `AdapterError`.
  public static func untrained(
    _ config: TrainingConfig, on transformer: FluxTransformer, encoder: String, encoderWidth: Int
  ) throws -> LoRABasis {
    let size = config.basis.size(encoderWidth: encoderWidth)
    guard config.basis.projection || size.keyWidth == size.queryWidth else {
      throw TrainingError.badSetting(
        place: "the settings", key: "basis.keyWidth",
        problem: "is \(size.keyWidth), expected the query's width \(size.queryWidth), because basis.projection is false")
    }
    return try load(from: TrainableSource(RandomSource(seed: config.seed)), dtype: .float32) { scope in
      try LoRABasis(
        scope, layers: AdaptedLinear.all(in: transformer.registry), size: size,
        settings: config.basis.settings(encoder: encoder, width: encoderWidth), hasProjection: config.basis.projection)
    }
  }

  /// A basis from a file, in fp32 memory of its own.
  ///
  /// - Throws: what reading it throws.
  public static func trainable(from url: URL) throws -> LoRABasis { try CheckpointFiles.basis(from: url) }
}
