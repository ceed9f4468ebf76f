import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

extension LoRABasis {
  /// A new basis for a run, where the transformer is: B zero, so that it changes nothing yet, the rest random by the run's seed.
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
    guard config.basis.queryStart == .random || (config.basis.projection && config.basis.queryMode == .concatenated) else {
      throw TrainingError.badSetting(
        place: "the settings", key: "basis.queryStart",
        problem: "is difference, expected random unless queryMode is \(QueryMode.concatenated.rawValue) with a projection")
    }
    let basis = try load(
      from: TrainableSource(RandomSource(seed: config.seed)), dtype: .float32, device: transformer.device
    ) { scope in
      try LoRABasis(
        scope, layers: AdaptedLinear.all(in: transformer.registry), size: size,
        settings: config.basis.settings(encoder: encoder, width: encoderWidth), hasProjection: config.basis.projection)
    }
    try withTorchErrors { noGrad { basis.startProjections(config.basis) } }
    return basis
  }

  private func startProjections(_ config: TrainingConfig.Basis) {
    for toQ in layers.values.compactMap(\.toQ) {
      if config.queryStart == .difference {
        let width = toQ.size(1) / 3
        let w = toQ.narrowed(1, from: 0, count: width).clone()
        toQ.copyInPlace(concatenated([-w, w, w * 0], along: 1))
      }
      if config.queryScale != 1 { toQ.multiplyInPlace(config.queryScale) }
    }
  }

  /// A basis from a file in the published format, in fp32 memory of its own.
  ///
  /// - Throws: what reading it throws.
  public static func trainable(from url: URL, device: Device = .cpu) throws -> LoRABasis {
    try BasisFile(url).basis(dtype: .float32, device: device, readBy: TrainableSource.init)
  }
}
