import Foundation

/// Why material can't be gathered; the description is one sentence for the user.
public enum GatheringError: Error, Equatable, Sendable {
  /// A program that gathering needs and that isn't there or can't be started.
  case noProgram(name: String, advice: String)
  /// A Debian package that couldn't be fetched.
  case notFetched(package: String, reason: String)
  /// A Debian package that couldn't be unpacked.
  case notUnpacked(file: String, reason: String)
  /// An archive or font inside a package that contradicts itself.
  case damaged(file: String, format: String, reason: String)
  /// A package that holds none of what is taken from it.
  case nothingFound(package: String, expected: String)
}

extension GatheringError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, expected, found, what to do.
  public var description: String {
    switch self {
    case .noProgram(let name, let advice):
      "\(name) is missing or can't be started: \(advice)."
    case .notFetched(let package, let reason):
      "The Debian package \(package) can't be fetched: \(reason)."
    case .notUnpacked(let file, let reason):
      "\(file) can't be unpacked (\(reason)); delete it and fetch it again."
    case .damaged(let file, let format, let reason):
      "\(file) is a damaged \(format) (\(reason)); fetch its package again."
    case .nothingFound(let package, let expected):
      "The package \(package) has no \(expected); another version of Debian may hold it elsewhere (docs/data.md)."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
