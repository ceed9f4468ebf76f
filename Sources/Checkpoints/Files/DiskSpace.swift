import Foundation

/// How much a disk still takes.
public enum DiskSpace {
  /// Bytes that this user may still write in a folder; nil where the file system doesn't tell.
  public static func free(in folder: URL) -> Int? { free(in: folder.path(percentEncoded: false)) }

  static func free(in folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, status.f_blocks > 0 else { return nil }
    let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return free.overflow ? nil : Int(clamping: free.partialValue)
  }
}
