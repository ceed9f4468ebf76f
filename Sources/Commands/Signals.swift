import Dispatch
import Foundation

/// Hands Ctrl-C and SIGTERM to `take` until the sources are cancelled. When this returns they are seen; work that a signal must not
/// end in its middle begins after it.
func signalSources(_ take: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
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
