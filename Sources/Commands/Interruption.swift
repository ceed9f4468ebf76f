import Dispatch
import Foundation
import Synchronization

/// Whether Ctrl-C or SIGTERM asked the work of this task to end.
final class Interruption: Sendable {
  /// Of the work this task belongs to, also of parts of it in tasks that are not cancelled.
  @TaskLocal static var current: Interruption?
  fileprivate let asked = Atomic(false)
  var isAsked: Bool { asked.load(ordering: .relaxed) }
}

/// Runs work that Ctrl-C and SIGTERM cancel, so that it can end at its next good moment, instead of killing the process in the
/// middle. A second signal ends the process at once.
///
/// When the work throws that it was cancelled, the process ends with status 130; work that has something to keep returns.
/// - Parameter left: what to say of what is left when the work is cancelled.
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
    if interruption.asked.exchange(true, ordering: .relaxed) { _exit(130) }
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

/// Hands Ctrl-C and SIGTERM to `take` until the sources are cancelled. When this returns they are seen; work that a signal must not
/// end in its middle begins after it.
private func signalSources(_ take: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
  // A queue of its own: the global one has as many threads as there are cores, and on one core the work may have that one.
  let queue = DispatchQueue(label: "lorweb.signals")
  return [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    let isSeen = DispatchSemaphore(value: 0)
    source.setRegistrationHandler { isSeen.signal() }
    source.setEventHandler(handler: take)
    source.resume()
    isSeen.wait()
    return source
  }
}
