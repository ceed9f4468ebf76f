import Dispatch
import Foundation

/// Runs work that Ctrl-C and SIGTERM cancel, so that it can clean up, instead of killing the process in the middle.
///
/// When the work was cancelled the process ends with status 130.
///
/// - Throws: what the work throws.
func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let task = Task { try await work() }
  let queue = DispatchQueue(label: "lorweb.signals")  // of its own, as in `stoppable`
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    source.setEventHandler { task.cancel() }
    source.resume()
    return source
  }
  defer { sources.forEach { $0.cancel() } }
  do {
    return try await task.value
  } catch is CancellationError {
    FileHandle.standardError.write(Data("\nInterrupted; nothing was written.\n".utf8))
    // Without exit handlers: the engine's thread may still be inside an operator, and torch taking itself down under it crashes.
    _exit(130)
  }
}
