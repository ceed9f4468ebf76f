/// A line of `metrics.jsonl`.
public struct TrainingMetrics: Codable, Sendable {
  /// Steps done, this one included.
  public let step: Int
  /// Mean over the batches of the step.
  public let loss: Double
  public let learningRate: Double
  /// Of all gradients before clipping.
  public let gradientNorm: Double
  public let secondsPerStep: Double
  /// Until the last step, at this pace.
  public let secondsLeft: Double
  /// Routing's health, see `RouterHealth`; nil where no router learns.
  public let entropy: Double?
  public let shares: [Double]?
  public let silent: Int?
  /// Figures on what isn't learned from, at the steps at which they are taken.
  public let measured: [String: Double]?

  init(_ report: StepReport, _ health: RouterHealth?, secondsPerStep: Double, steps: Int) {
    (step, loss, learningRate) = (report.step, report.loss, report.learningRate)
    (gradientNorm, self.secondsPerStep) = (report.gradientNorm, secondsPerStep)
    secondsLeft = secondsPerStep * Double(steps - report.step)
    (entropy, shares, silent) = (health?.entropy, health?.shares, health?.silent)
    measured = report.measured
  }
}
