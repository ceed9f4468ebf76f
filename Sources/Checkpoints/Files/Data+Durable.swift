import Foundation

extension Data {
  /// Writes a file that is on the disk, whole, before it takes the place of the old one.
  ///
  /// - Throws: `CheckpointError` (`.noSpace`, `.unwritable` and the like); the old file stays then.
  public func writeDurably(to url: URL) throws {
    try AtomicFile.write(to: url, size: count) { file in
      try withUnsafeBytes { try file.append($0) }
    }
  }
}
