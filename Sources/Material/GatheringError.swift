import Foundation
import LoRWeBFiles

/// Why material can't be gathered; what each case is about its sentence says.
public enum GatheringError: ExplainedError {
  case noProgram(name: String, advice: String)
  case notFetched(package: String, reason: String)
  case notUnpacked(file: String, reason: String)
  case damaged(file: String, format: String, reason: String)
  case nothingFound(package: String, expected: String)

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
}
