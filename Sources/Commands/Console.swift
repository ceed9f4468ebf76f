import Foundation
import LoRWeBTraining
import Synchronization

/// What the tool says beside its results: on standard error, a bar that redraws itself on a terminal, plain lines elsewhere.
final class Console: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let isQuiet: Bool
  private let lastLine = Mutex("")

  init(quiet: Bool) { isQuiet = quiet }

  /// Shows how far something has got; the same line twice is shown once.
  func progress(_ text: String, fraction: Double) {
    guard !isQuiet else { return }
    if isTerminal {
      let filled = Int((fraction * 24).rounded(.down))
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
      write("\r\u{1B}[K\(bar) \(Int(fraction * 100))% \(text)")
    } else if text != lastLine.withLock({ $0 }) {
      write("\(text)\n")
    }
    lastLine.withLock { $0 = text }
  }

  /// Takes the bar away.
  func clear() {
    if isTerminal, lastLine.withLock({ !$0.isEmpty }) { write("\r\u{1B}[K") }
    lastLine.withLock { $0 = "" }
  }

  /// Something to hear about, also when quiet: a line that begins with `Warning:`.
  func warn(_ text: String) { say("Warning: \(text)") }

  /// A line, also when quiet.
  func say(_ text: String) {
    clear()
    write("\(text)\n")
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

extension Console {
  /// Shows what is prepared before a run's first step.
  @Sendable func tell(_ news: PreparationNews) {
    switch news {
    case .progress(let what, let done, let all):
      progress(all > 1 ? "\(what): \(done) of \(all)" : what, fraction: Double(done) / Double(max(all, 1)))
    case .warning(let text): warn(text)
    }
  }

  func follow(_ metrics: TrainingMetrics, of steps: Int) {
    let left = Duration.seconds(metrics.secondsLeft).formatted(.time(pattern: .hourMinuteSecond))
    let figures = String(
      format: "step %d of %d, loss %.4f, lr %.2e, %.2f s/step", metrics.step, steps, metrics.loss, metrics.learningRate,
      metrics.secondsPerStep)
    let measured = metrics.measured.map { ", " + Self.text(figures: $0) } ?? ""
    progress("\(figures), \(left) left\(measured)", fraction: Double(metrics.step) / Double(steps))
  }

  static func text(figures: [String: Double]) -> String {
    figures.sorted { $0.key < $1.key }.map { "\($0.key) \(String(format: "%.3f", $0.value))" }.joined(separator: ", ")
  }
}
