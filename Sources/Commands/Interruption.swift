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
  let (gate, doorkeeper) = AsyncStream.makeStream(of: Never.self)
  let task = Interruption.$current.withValue(interruption) {
    Task {
      for await _ in gate {}
      return try await work()
    }
  }
  let sources = signalSources {
    task.cancel()
    if interruption.note() { _exit(130) }
  }
  doorkeeper.finish()
  defer { sources.forEach { $0.cancel() } }
  do {
    return try await task.value
  } catch is CancellationError {
    FileHandle.standardError.write(Data("\nInterrupted; \(left).\n".utf8))
    // Without exit handlers: the engine's thread may still be inside an operator, and torch taking itself down under it crashes.
    _exit(130)
  }
}
