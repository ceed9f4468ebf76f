import Foundation

/// An error whose `description` is one sentence for the user: what, where, expected, found, what to do.
public protocol ExplainedError: Error, Equatable, Sendable, CustomStringConvertible, LocalizedError {}

extension ExplainedError {
  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
