import Foundation

/// Why a tokenizer can't be had from a folder.
public enum TokenizerError: Error, Equatable, Sendable {
  /// The folder lacks a file; `advice` says what to do.
  case missingFile(path: String, advice: String)
  /// The file system refused the file.
  case unreadable(path: String, reason: String)
  /// A tokenizer's files are some megabytes; this one is no such file.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The file's text isn't what it should be, at this line if the format has lines.
  case malformed(path: String, line: Int?, problem: String)
}

extension TokenizerError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, expected, found, what to do.
  public var description: String {
    switch self {
    case .missingFile(let path, let advice):
      "The tokenizer's file \(path) is missing; \(advice)."
    case .unreadable(let path, let reason):
      "The tokenizer's file \(path) can't be read: \(reason)."
    case .tooLarge(let path, let bytes, let limit):
      "The tokenizer's file \(path) has \(bytes) bytes where at most \(limit) are expected; name the folder of a tokenizer."
    case .malformed(let path, let line?, let problem):
      "The tokenizer's file \(path) is damaged at line \(line): \(problem); copy it anew from the model."
    case .malformed(let path, nil, let problem):
      "The tokenizer's file \(path) is damaged: \(problem); copy it anew from the model."
    }
  }

  public var errorDescription: String? { description }
}
