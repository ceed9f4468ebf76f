import Foundation
import LoRWeBTraining

extension Console {
  /// Shows what is prepared before a run's first step.
  @Sendable func tell(_ news: PreparationNews) {
    switch news {
    case .progress(let what, let done, let all):
      progress(all > 1 ? "\(what): \(done) of \(all)" : what, fraction: Double(done) / Double(max(all, 1)))
    case .warning(let text): warn(text)
    }
  }

  /// Shows a step.
  func follow(_ metrics: TrainingMetrics, of steps: Int) {
    let left = Duration.seconds(metrics.secondsLeft).formatted(.time(pattern: .hourMinuteSecond))
    let line =
      String(
        format: "step %d of %d, loss %.4f, lr %.2e, %.2f s/step, ", metrics.step, steps, metrics.loss, metrics.learningRate,
        metrics.secondsPerStep) + "\(left) left" + (metrics.measured.map { ", " + Self.text(figures: $0) } ?? "")
    progress(line, fraction: Double(metrics.step) / Double(steps))
  }

  static func text(figures: [String: Double]) -> String {
    figures.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.3f", $0.value))" }.joined(separator: ", ")
  }
}
