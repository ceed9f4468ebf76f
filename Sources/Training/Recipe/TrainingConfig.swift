import LoRWeBAdapters
import LoRWeBModels

/// Everything a run is made of besides model and data. The defaults are the paper's recipe (docs/train.md).
public struct TrainingConfig: RunSettings, Equatable {
  /// How query projections start.
  public enum QueryStart: String, NamedChoice {
    case random
    /// [−W, W, 0] over e(a), e(a′), e(b): the router is asked with W (e(a′) − e(a)), so pictures' content doesn't route.
    case difference
  }

  /// What A and B compute in; they are kept, and learn, in fp32 either way.
  public enum Arithmetic: String, NamedChoice {
    /// As the published training does on its bf16 base.
    case float32
    /// The frozen model's own type: in bf16 a step takes less time, and A, B and what they add are rounded to 8 bits.
    case base
  }

  /// What the basis is like; read when a run begins from nothing.
  public struct Basis: Codable, Sendable, Equatable {
    /// N, r, d and the router's heads.
    public var (count, rank, keyWidth, heads) = (32, 4, 128, 1)
    public var activation = RouterSettings.Activation.softmax
    public var reduce = RouterSettings.Reduce.mean
    public var queryMode = QueryMode.concatenated
    /// False keeps the query as it is; it must then be d wide.
    public var projection = true
    public var queryStart = QueryStart.random
    /// Multiplies the projections as they start.
    public var queryScale = 1.0
    /// What the basis's file calls the image encoder; empty for what its folder says.
    public var encoder = ""

    public init() {}

    /// Sizes for embeddings of that width.
    func size(encoderWidth: Int) -> BasisSize {
      BasisSize(count: count, rank: rank, keyWidth: keyWidth, queryWidth: queryMode.queryWidth(embedding: encoderWidth))
    }

    /// Router settings for an encoder of that name and width.
    func settings(encoder: String, width: Int) -> RouterSettings {
      RouterSettings(
        heads: heads, activation: activation, reduce: reduce, queryMode: queryMode, encoder: encoder, encoderWidth: width)
    }
  }

  public var steps = 10_000
  /// Analogies in one forward pass, and forward passes whose gradients make one step.
  public var (batch, accumulate) = (6, 1)
  public var seed: UInt64 = 42
  public var learn = Learning.all
  public var basis = Basis()
  public var optimiser = AdamWSettings()
  public var schedule = LearningRateSchedule()
  public var noise = NoiseLevels()
  public var loss = FlowLoss()
  public var data = PictureSettings()
  /// Told to the model as its guidance.
  public var guidance = 1.0
  public var arithmetic = Arithmetic.float32
  /// Whether blocks are computed twice to keep less in memory.
  public var recompute = true
  public var average = 0.0
  public var (saveEvery, keepLast) = (250, 4)
  /// Analogies painted at every checkpoint for the report.
  public var samples = 4

  public init() {}

  /// arXiv 2602.15727 with the authors' trainer's quirks (docs/train.md names each).
  public static let paper = TrainingConfig()

  /// A recipe for the embedded model's sizes (docs/train.md); its own basis was trained with a few other settings (docs/pretrain.md).
  public static let mini: TrainingConfig = {
    var config = TrainingConfig()
    (config.steps, config.batch, config.average) = (600, 8, 0.99)
    (config.data.layout, config.data.singles, config.data.captionDropout) = (.plan, 0.85, 0.5)
    (config.data.encoded, config.data.vae) = (.pictures, .mode)
    (config.basis.count, config.basis.rank, config.basis.keyWidth) = (16, 4, 64)
    (config.basis.queryStart, config.basis.queryScale) = (.difference, 2)
    config.optimiser = AdamWSettings(
      learningRate: 4e-3, beta1: 0.9, beta2: 0.98, epsilon: 1e-7, weightDecay: 0.01, routerFactor: 0.1)
    config.schedule = LearningRateSchedule(kind: .linear, warmUp: 40, flat: 0.4)
    config.noise = NoiseLevels(kind: .logitNormal, atPureNoise: 0.3, mean: 0.9, deviation: 1.1)
    config.loss = FlowLoss(weighting: .none, outside: 0.1, changed: 4)
    config.recompute = false
    return config
  }()

  public func check(place: String) throws {
    let rules = SettingRules(place: place)
    try rules.counts([
      "steps": steps, "batch": batch, "accumulate": accumulate, "saveEvery": saveEvery, "keepLast": keepLast,
      "basis.count": basis.count, "basis.rank": basis.rank, "basis.keyWidth": basis.keyWidth, "basis.heads": basis.heads,
    ])
    try rules.require(basis.keyWidth.isMultiple(of: basis.heads), "basis.heads", basis.heads, "a divisor of keyWidth")
    try rules.shares([
      "optimiser.beta1": optimiser.beta1, "optimiser.beta2": optimiser.beta2, "average": average,
      "noise.atPureNoise": noise.atPureNoise, "schedule.final": schedule.final, "schedule.flat": schedule.flat,
    ])
    try rules.require(max(average, optimiser.beta1, optimiser.beta2) < 1, "beta or average", 1, "less than 1")
    try rules.sizes([
      "optimiser.learningRate": optimiser.learningRate, "optimiser.epsilon": optimiser.epsilon,
      "optimiser.weightDecay": optimiser.weightDecay, "optimiser.routerFactor": optimiser.routerFactor,
      "loss.outside": loss.outside, "loss.changed": loss.changed, "samples": Double(samples),
      "noise.deviation": noise.deviation, "guidance": guidance, "basis.queryScale": basis.queryScale,
      "schedule.warmUp": Double(schedule.warmUp),
    ])
    try rules.require(loss.entropy.isFinite, "loss.entropy", loss.entropy, "a number")
    // Coefficients come from keys and to_q alone, so the term would have no gradient.
    try rules.require(
      loss.entropy == 0 || learn != .loras, "loss.entropy", loss.entropy,
      "0 while learn is loras, since the router then doesn't learn")
    if let limit = optimiser.maxGradientNorm {
      try rules.require(limit > 0, "optimiser.maxGradientNorm", limit, "more than 0, or null for no clipping")
    }
    try data.check(place: place)
    if case .table(let table) = loss.weighting {
      try rules.require(
        table.count == 1000 && table.allSatisfy { $0 >= 0 && $0.isFinite }, "loss.weighting", "a list of \(table.count)",
        "1000 numbers of 0 or more, for t = 1000 down to 1")
    }
  }
}
