/// What a run that trains a model's own parameters is made of besides model and data (docs/pretrain.md).
public struct PretrainingConfig: RunSettings, Equatable {
  public var steps = 4000
  public var seed: UInt64 = 0
  public var optimiser = AdamWSettings(learningRate: 2e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0)
  public var schedule = LearningRateSchedule(kind: .cosine, warmUp: 100, final: 0.03)
  /// Decay of the weights' moving average, which is what is measured and written for use.
  public var average = 0.995
  public var (saveEvery, keepLast) = (200, 2)
  /// Steps between measurements on what isn't learned from.
  public var measureEvery = 200
  public var autoencoder = AutoencoderLoss()
  public var clip = ContrastiveLoss()
  public var base = InstructionSettings()

  public init() {}

  /// What the router's encoder is trained by.
  public static var clip: PretrainingConfig {
    var config = PretrainingConfig()
    (config.steps, config.measureEvery) = (3000, 500)
    config.optimiser = AdamWSettings(learningRate: 1.5e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.05)
    config.schedule = LearningRateSchedule(kind: .cosine, warmUp: 60, final: 0.02)
    return config
  }

  /// What a transformer and its T5 are trained by.
  public static var base: PretrainingConfig {
    var config = PretrainingConfig()
    (config.steps, config.measureEvery, config.average) = (8000, 500, 0.997)
    config.optimiser = AdamWSettings(learningRate: 1.2e-3, beta1: 0.9, beta2: 0.97, epsilon: 1e-8, weightDecay: 0.01)
    config.schedule = LearningRateSchedule(kind: .linear, warmUp: 60, final: 0.03, flat: 0.4)
    return config
  }

  public func check(place: String) throws {
    let rules = SettingRules(place: place)
    try rules.counts([
      "steps": steps, "saveEvery": saveEvery, "keepLast": keepLast, "measureEvery": measureEvery,
      "autoencoder.pieces": autoencoder.pieces, "autoencoder.wholes": autoencoder.wholeBatch,
      "autoencoder.wholeEvery": autoencoder.wholePeriod, "clip.analogies": clip.analogies,
      "clip.neighbours": clip.neighbours, "base.singles": base.singles, "base.singlesAtFirst": base.firstSingles,
      "base.canvases": base.canvases, "base.measured": base.measured,
    ])
    try rules.require((0..<1).contains(average), "average", average, "0 or more and less than 1")
    try rules.sizes([
      "optimiser.learningRate": optimiser.learningRate, "autoencoder.noise": autoencoder.noise,
      "autoencoder.perceptual": autoencoder.perceptual, "autoencoder.latentPenalty": autoencoder.latentPenalty,
      "clip.difference": clip.difference, "clip.analogy": clip.analogy, "clip.picture": clip.picture,
      "clip.sharpness": clip.sharpness,
    ])
    try rules.shares([
      "base.few": base.firstShare, "base.canvasShare": base.canvasShare, "base.canvasesFrom": base.canvasesFrom,
      "base.identity": base.identity, "base.lateFrom": base.lateFrom, "autoencoder.perceptualFrom": autoencoder.perceptualFrom,
    ])
    try rules.require(
      autoencoder.pieceSide >= 32 && autoencoder.pieceSide <= autoencoder.side, "autoencoder.pieceSide", autoencoder.pieceSide,
      "32 to autoencoder.side, which is \(autoencoder.side)")
  }
}
