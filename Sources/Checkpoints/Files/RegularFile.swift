import Foundation
import LoRWeBFiles

/// A regular file opened for reading; pipes, devices and folders are refused.
final class RegularFile {
  let descriptor: Int32
  /// Its size in bytes when it was opened.
  let count: Int
  private let path: String

  /// - Throws: `CheckpointError` if there is no such file, it is no regular file, or the system refuses.
  init(_ url: URL) throws {
    path = url.path(percentEncoded: false)
    FileOpenings.report(url)
    // Without O_NONBLOCK opening a pipe would wait for a writer.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw CheckpointError(.fileNotFound, path, "no such file; check the path") }
      throw CheckpointError.unreadable(path)
    }
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    count = Int(status.st_size)
    guard isKnown else { throw CheckpointError.unreadable(path) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw CheckpointError.isDirectory(path)
    default: throw CheckpointError.notARegularFile(path)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Reads from the present place to the end, a megabyte at a time.
  /// - Throws: `CheckpointError.unreadable`; what `body` throws.
  func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let found = read(descriptor, piece.baseAddress, piece.count)
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw CheckpointError.unreadable(path) }
      if found == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: piece[..<found]))
    }
  }
}
