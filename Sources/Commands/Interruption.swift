import Dispatch
import Foundation
import Synchronization

/// Whether Ctrl-C or SIGTERM asked the work of this task to end.
final class Interruption: Sendable {
  /// Of the work this task belongs to, also of parts of it in tasks that are not cancelled.
  @TaskLocal static var current: Interruption?
  private let asked = Mutex(false)
  var isAsked: Bool { asked.withLock(\.self) }

  /// Notes a signal; true if it was not the first.
  fileprivate func note() -> Bool {
    asked.withLock { asked in
      defer { asked = true }
      return asked
    }
  }
}

/// Runs work that Ctrl-C and SIGTERM cancel, so that it can end at its next good moment, instead of killing the process in the
/// middle. A second signal ends the process at once.
///
/// When the work throws that it was cancelled, the process ends with status 130; work that has something to keep returns.
///
/// - Parameter left: what to say of what is left when the work is cancelled.
/// - Throws: what the work throws.
func interruptible<Result: Sendable>(
  leaving left: String = "nothing was written", _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  let interruption = Interruption()
  let task = Interruption.$current.withValue(interruption) { Task { try await work() } }
  // A queue of its own: the global one has as many threads as there are cores, and on one core the work may have that one.
  let queue = DispatchQueue(label: "lorweb.signals")
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler {
      task.cancel()
      if interruption.note() { _exit(130) }
    }
    source.resume()
    return source
  }
  defer { sources.forEach { $0.cancel() } }
  do {
    return try await task.value
  } catch is CancellationError {
    FileHandle.standardError.write(Data("\nInterrupted; \(left).\n".utf8))
    // Without exit handlers: the engine's thread may still be inside an operator, and torch taking itself down under it crashes.
    _exit(130)
  }
}
