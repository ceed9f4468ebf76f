import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

extension LoRABasis {
  /// A new basis for a run, where the transformer is: B zero, so that it changes nothing yet, the rest random by the run's seed.
  /// - Throws: `TrainingError.badSetting` for an identity projection of other width; `AdapterError`.
  public static func untrained(
    _ config: TrainingConfig, on transformer: FluxTransformer, encoder: String, encoderWidth: Int
  ) throws -> LoRABasis {
    let size = config.basis.size(encoderWidth: encoderWidth)
    let (rules, settings) = (SettingRules(place: "the settings"), config.basis)
    try rules.require(
      settings.projection || size.keyWidth == size.queryWidth, "basis.keyWidth", size.keyWidth,
      "the query's width \(size.queryWidth), because basis.projection is false")
    try rules.require(
      settings.queryStart == .random || (settings.projection && settings.queryMode == .concatenated), "basis.queryStart",
      settings.queryStart, "random unless queryMode is \(QueryMode.concatenated.rawValue) with a projection")
    let basis = try load(
      from: TrainableSource(RandomSource(seed: config.seed)), dtype: .float32, device: transformer.device
    ) { scope in
      try LoRABasis(
        scope, layers: AdaptedLinear.all(in: transformer.registry), size: size,
        settings: settings.settings(encoder: encoder, width: encoderWidth), hasProjection: settings.projection)
    }
    try computed {
      for toQ in basis.layers.values.compactMap(\.toQ) {
        if settings.queryStart == .difference {
          let w = toQ.narrowed(1, from: 0, count: toQ.size(1) / 3).clone()
          toQ.copyInPlace(concatenated([-w, w, w * 0], along: 1))
        }
        if settings.queryScale != 1 { toQ.multiplyInPlace(settings.queryScale) }
      }
    }
    return basis
  }

  /// A basis from a file in the published format, in fp32 memory of its own.
  public static func trainable(from url: URL, device: Device = .cpu) throws -> LoRABasis {
    try BasisFile(url).basis(dtype: .float32, device: device, readBy: TrainableSource.init)
  }
}
