import Foundation

/// Why material can't be gathered or read; the description is one sentence for the user.
public enum MaterialError: Error, Equatable, Sendable {
  /// A folder that `lorweb data material` didn't write, or not this version of it.
  case notMaterial(folder: String, reason: String)
  /// A picture of the manifest that can't be used.
  case badPicture(folder: String, file: String, reason: String)
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
  /// A folder that can't be written, or must not be written over.
  case unwritable(folder: String, reason: String)
}

extension MaterialError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, expected, found, what to do.
  public var description: String {
    switch self {
    case .notMaterial(let folder, let reason):
      "\(folder) is no folder of material: \(reason); make one with lorweb data material --out DIR."
    case .badPicture(let folder, let file, let reason):
      "\(file) of the material in \(folder) can't be used (\(reason)); gather it again with lorweb data material."
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
    case .unwritable(let folder, let reason):
      "\(folder) can't be written: \(reason)."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
