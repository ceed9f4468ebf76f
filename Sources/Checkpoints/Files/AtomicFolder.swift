import Foundation

/// A folder that is made beside its final place under a hidden name, and takes that place only when everything is in it.
public enum AtomicFolder {
  /// Makes a folder with what `body` writes into the one it is given, folders above it included.
  ///
  /// When `body` throws, as it does when it is cancelled, nothing of it is left behind.
  /// - Throws: `CheckpointError.unwritable`, also for a place where something is already; what `body` throws.
  public static func write<Result>(to url: URL, _ body: (URL) throws -> Result) throws -> Result {
    let place = url.standardizedFileURL
    func refused(_ reason: String) -> CheckpointError { .unwritable(file: url.path(percentEncoded: false), reason: reason) }
    func isFree() -> Bool {
      var status = stat()
      return lstat(path(place), &status) != 0
    }
    guard isFree() else { throw refused("there is something already") }
    let parent = place.deletingLastPathComponent()
    // What can't be made here is found by the next call, which says why.
    try? FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    let temporary = parent.appending(path: ".\(place.lastPathComponent).\(UUID().uuidString).tmp", directoryHint: .isDirectory)
    guard mkdir(path(temporary), 0o777) == 0 else { throw refused(systemReason()) }
    do {
      let result = try body(temporary)
      // A rename would replace an empty folder that came there in the meantime.
      guard isFree() else { throw refused("something came there while it was made") }
      guard rename(path(temporary), path(place)) == 0 else { throw refused(systemReason()) }
      return result
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
  }

  /// Makes new names in a folder durable; a file system that can't do that has done all it can.
  public static func sync(_ folder: String) {
    let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// Without the slash at its end, which would follow a link.
  private static func path(_ url: URL) -> String {
    let path = url.path(percentEncoded: false)
    return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}
