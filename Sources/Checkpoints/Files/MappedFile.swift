import Foundation
import LoRWeBFiles

/// A whole file mapped into memory, unmapped when its last owner goes.
///
/// The map is private and writable: an operation in place on a tensor in it changes this process's copy of a page, never the file.
/// `MAP_NORESERVE` keeps Linux from counting those pages against memory, so that a larger file can be mapped. If another program cuts
/// the file meanwhile, touching the lost pages ends the process; writers that rename, as the ones here do, never cause that.
final class MappedFile {
  let base: UnsafeMutableRawPointer
  let count: Int

  /// - Throws: `CheckpointError` if there is no such file, it is no regular file or empty, or the system refuses.
  init(_ url: URL) throws {
    let file = url.path(percentEncoded: false)
    let opened = try RegularFile(url)
    count = opened.count
    if count == 0 {
      throw CheckpointError(
        .cutShort, file, expected: "a safetensors file", found: "an empty file", advice: "copy or download it again")
    }
    let map = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, opened.descriptor, 0)
    guard let map, map != MAP_FAILED else { throw CheckpointError.unreadable(file) }
    base = map
  }

  deinit { munmap(base, count) }

  /// Gives the pages in memory back to the system; touched again, they come from the file again.
  func releasePages() { _ = madvise(base, count, MADV_DONTNEED) }
  /// All bytes of the file.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}

/// The system's words for the last call that failed.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
