import Dispatch
import Foundation
import Synchronization

/// Whether Ctrl-C or SIGTERM asked for an end.
final class StopRequest: Sendable {
  private struct State {
    var isMade = false
    var awaiting = 0
  }

  private let state = Mutex(State())
  var isMade: Bool { state.withLock(\.isMade) }

  /// From now on the work looks at `isMade` and has something to keep; before, a signal ends the process at once.
  func isAwaited() { state.withLock { $0.awaiting += 1 } }

  /// Runs work that looks at `isMade` and has something to keep; outside of such work a signal ends the process at once.
  func awaited<Result>(_ work: () throws -> Result) rethrows -> Result {
    state.withLock { $0.awaiting += 1 }
    defer { state.withLock { $0.awaiting -= 1 } }
    return try work()
  }

  /// Notes a signal; true if the process has to end for it.
  fileprivate func make() -> Bool {
    state.withLock { state in
      defer { state.isMade = true }
      return state.isMade || state.awaiting == 0
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
  let sources = signalSources { if request.make() { _exit(130) } }
  defer { sources.forEach { $0.cancel() } }
  return try work(request)
}
