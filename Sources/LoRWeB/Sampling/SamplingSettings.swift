import LoRWeBModels

/// What a user may choose about sampling, with the model's own numbers where they choose nothing.
struct SamplingSettings {
  let seed: UInt64
  let steps: Int
  let guidance: Double

  /// - Throws: `ScheduleError` or `ModelError.badInput` for numbers no edit can be made with.
  init(seed: UInt64, steps: Int?, guidance: Double?, else usage: ModelUsage) throws {
    if let steps { try ScheduleError.check(steps: steps) }
    if let guidance, !(0...100).contains(guidance) {
      throw ModelError.badInput("The guidance must be from 0 to 100, found \(guidance).")
    }
    (self.seed, self.steps) = (seed, steps ?? usage.sampling.steps)
    self.guidance = guidance ?? usage.sampling.guidance
  }
}
