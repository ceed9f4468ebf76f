import Foundation
import LoRWeBFiles

/// Why a folder of material can't be read.
public enum MaterialError: ExplainedError {
  /// A folder that `lorweb data material` didn't write, or not this version of it.
  case notMaterial(folder: String, reason: String)
  /// A picture of the manifest that can't be used.
  case badPicture(folder: String, file: String, reason: String)

  public var description: String {
    switch self {
    case .notMaterial(let folder, let reason):
      "\(folder) is no folder of material: \(reason); make one with lorweb data material."
    case .badPicture(let folder, let file, let reason):
      "\(file) of the material in \(folder) can't be used (\(reason)); gather it again with lorweb data material."
    }
  }
}
