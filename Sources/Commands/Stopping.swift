import Dispatch
import Foundation
import Synchronization

/// Whether Ctrl-C or SIGTERM asked for an end.
final class StopRequest: Sendable {
  private let state = Mutex(false)
  var isMade: Bool { state.withLock(\.self) }

  /// Notes a signal; true if it wasn't the first.
  fileprivate func make() -> Bool {
    state.withLock { isMade in
      defer { isMade = true }
      return isMade
    }
  }
}

/// Runs long work that ends at its next good moment, with what it has kept, when Ctrl-C or SIGTERM asks for it; a second signal
/// ends the process at once with status 130.
///
/// Cancelling a task would not do: files are not written in a cancelled task, and here one has still to be.
/// - Throws: what the work throws.
func stoppable<Result>(_ work: (StopRequest) throws -> Result) rethrows -> Result {
  let request = StopRequest()
  let sources = [SIGINT, SIGTERM].map { number in
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    source.setEventHandler { if request.make() { _exit(130) } }
    source.resume()
    return source
  }
  defer { sources.forEach { $0.cancel() } }
  return try work(request)
}
