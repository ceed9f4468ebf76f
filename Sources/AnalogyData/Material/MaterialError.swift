import Foundation

/// Why a folder of material can't be read or written; the description is one sentence for the user.
public enum MaterialError: Error, Equatable, Sendable {
  /// A folder that `lorweb data material` didn't write, or not this version of it.
  case notMaterial(folder: String, reason: String)
  /// A picture of the manifest that can't be used.
  case badPicture(folder: String, file: String, reason: String)
  /// A folder that can't be written, or must not be written over.
  case unwritable(folder: String, reason: String)
}

extension MaterialError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, expected, found, what to do.
  public var description: String {
    switch self {
    case .notMaterial(let folder, let reason):
      "\(folder) is no folder of material: \(reason); make one with lorweb data material."
    case .badPicture(let folder, let file, let reason):
      "\(file) of the material in \(folder) can't be used (\(reason)); gather it again with lorweb data material."
    case .unwritable(let folder, let reason):
      "\(folder) can't be written: \(reason)."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
