import Foundation
import Synchronization

/// What the tool says beside its results: on standard error, a bar that redraws itself on a terminal, plain lines elsewhere.
final class Console: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) != 0
  private let isQuiet: Bool
  private let lastLine = Mutex("")

  init(quiet: Bool) {
    isQuiet = quiet
  }

  /// Shows how far something has got; the same line twice is shown once.
  func progress(_ text: String, fraction: Double) {
    guard !isQuiet else { return }
    if isTerminal {
      let width = 24
      let filled = Int((fraction * Double(width)).rounded(.down))
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
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

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
