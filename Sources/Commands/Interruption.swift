import Dispatch
import Foundation

/// Runs work that Ctrl-C and SIGTERM cancel, so that it can clean up, instead of killing the process in the middle.
///
/// When the work was cancelled the process ends with status 130.
///
/// - Throws: what the work throws.
func interruptible<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
  let (gate, doorkeeper) = AsyncStream.makeStream(of: Never.self)
  let task = Task {
    for await _ in gate {}
    return try await work()
  }
  let sources = signalSources { task.cancel() }
  doorkeeper.finish()
  defer { sources.forEach { $0.cancel() } }
  do {
    return try await task.value
  } catch is CancellationError {
    FileHandle.standardError.write(Data("\nInterrupted; nothing was written.\n".utf8))
    // Without exit handlers: the engine's thread may still be inside an operator, and torch taking itself down under it crashes.
    _exit(130)
  }
}
