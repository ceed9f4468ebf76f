import CLoRWeBTorch
import Foundation
import Synchronization

/// A failure inside libtorch, with its text.
public struct TorchError: Error, Sendable, Equatable, CustomStringConvertible, LocalizedError {
  /// One sentence where the failure is ours, torch's words where it is torch's.
  public let description: String
  public var errorDescription: String? { description }

  public init(_ description: String) { self.description = description }

  /// The calling thread's last error from the shim.
  static func last(in operation: String) -> TorchError { TorchError("\(operation): \(String(cString: ct_last_error()))") }
}

/// Collects the first error of the operators that run inside `withTorchErrors`.
final class ErrorBox: Sendable {
  @TaskLocal static var current: ErrorBox?
  let first = Mutex<(any Error)?>(nil)

  /// Keeps an operator's failure for the scope around it.
  static func record(_ error: TorchError) { keep(error) }

  static func keep(_ error: any Error) {
    guard let box = current else {
      // The one trap in Sources: an operator outside every scope has nowhere to report to. Public entries all open one.
      fatalError("outside withTorchErrors: \(error)")
    }
    box.first.withLock { $0 = $0 ?? error }
  }
}

/// Reports a failure of model code that is no operator's, such as a weight that can't be read while blocks run, to the scope
/// around it.
public func recordFailure(_ error: any Error) { ErrorBox.keep(error) }

/// Runs model code, in which operators don't throw, and rethrows the first error any of them met.
///
/// An operator that fails gives back the undefined tensor, on which every further operator fails too, so the first error is the
/// one that explains the rest. Scopes nest: an inner one keeps its errors to itself.
/// - Throws: the first recorded failure, a `TorchError` if an operator failed, else whatever `body` throws.
public func withTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
  let box = ErrorBox()
  let outcome = Swift.Result { try ErrorBox.$current.withValue(box) { try body() } }
  if let first = box.first.withLock(\.self) { throw first }
  return try outcome.get()
}
