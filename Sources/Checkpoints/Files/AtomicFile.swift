import Foundation

/// A file that is written beside its final place and takes that place only when it is whole and on the disk; until then an old file
/// stays as it is, and after a failure nothing new is left behind.
final class AtomicFile {
  private let file: String
  private let descriptor: Int32
  private let size: Int

  /// Writes a file of `size` bytes with what `body` gives. A link is followed: the file it points to is replaced, the link stays.
  /// - Throws: `CheckpointError` (`.notAFile`, `.noSpace`, `.unwritable`), or what `body` throws.
  static func write(to url: URL, size: Int, body: (AtomicFile) throws -> Void) throws {
    let file = url.path(percentEncoded: false)
    let target = try replaceable(file)
    let folder = (target as NSString).deletingLastPathComponent
    // Refused before the first byte; file systems that don't tell their size are tried.
    if let free = DiskSpace.free(in: folder.isEmpty ? "." : folder), free < size {
      throw CheckpointError.noSpace(file, needed: size, free: free)
    }
    let temporary = (folder as NSString).appendingPathComponent(".\(UUID().uuidString).tmp")
    let output = try AtomicFile(creating: temporary, file: file, size: size)
    do {
      defer { close(output.descriptor) }
      WritingWatch.tell(.created, file)
      try body(output)
      if fsync(output.descriptor) != 0 { throw output.failure() }
      WritingWatch.tell(.synced, file)
      if rename(temporary, target) != 0 { throw output.failure() }
      WritingWatch.tell(.renamed, file)
    } catch {
      unlink(temporary)
      throw error
    }
    AtomicFolder.sync(folder)
  }

  private init(creating path: String, file: String, size: Int) throws {
    (self.file, self.size) = (file, size)
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw failure() }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      // One call takes less than 2 GB on Linux and macOS.
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
      let written = Foundation.write(descriptor, piece.baseAddress, piece.count)
      if written < 0 && errno != EINTR { throw failure() }
      rest = rest.dropFirst(max(written, 0))
      WritingWatch.tell(.appended, file)
    }
  }

  private func failure() -> CheckpointError {
    switch errno {
    case ENOSPC, EDQUOT: .noSpace(file, needed: size, free: nil)
    default: .unwritable(file: file, reason: systemReason())
    }
  }

  /// The path to replace: links resolved, refused unless nothing or a regular file is there.
  private static func replaceable(_ file: String) throws -> String {
    var status = stat()
    guard stat(file, &status) == 0 else {
      let folder = (file as NSString).deletingLastPathComponent
      if stat(folder.isEmpty ? "." : folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return file }
      throw CheckpointError(
        .unwritable, file, expected: "the folder \(escaped(folder.unicodeScalars)) to write to", found: "none",
        advice: "create it first")
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return URL(fileURLWithPath: file).resolvingSymlinksInPath().path(percentEncoded: false)
    case S_IFDIR: throw CheckpointError.isDirectory(file)
    default: throw CheckpointError.notARegularFile(file)
    }
  }
}

extension Data {
  /// Writes a file that is on the disk, whole, before it takes the place of the old one.
  /// - Throws: `CheckpointError` (`.noSpace`, `.unwritable` and the like); the old file stays then.
  public func writeDurably(to url: URL) throws {
    try AtomicFile.write(to: url, size: count) { file in try withUnsafeBytes { try file.append($0) } }
  }
}
