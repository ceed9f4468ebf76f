import Foundation
import LoRWeBFiles
import LoRWeBTorch

/// A whole file mapped into memory, unmapped when its last owner goes.
///
/// The map is private and writable: an operation in place on a tensor in it changes this process's copy of a page, never the file.
/// `MAP_NORESERVE` keeps Linux from counting those pages against memory, so that a larger file can be mapped. If another program cuts
/// the file meanwhile, touching the lost pages ends the process; writers that rename, as the ones here do, never cause that.
final class MappedFile {
  let base: UnsafeMutableRawPointer
  let count: Int

  /// - Throws: `CheckpointError` if there is no such file, it is no regular file or empty, or the system refuses.
  init(_ url: URL, expecting kind: String = "a safetensors file") throws {
    let file = url.path(percentEncoded: false)
    let opened = try RegularFile(url)
    count = opened.count
    if count == 0 {
      throw CheckpointError(.cutShort, file, expected: kind, found: "an empty file", advice: "copy or download it again")
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

  /// A view of the file's bytes from a place on, as many as shape and dtype need; a copy only where the place isn't a multiple of
  /// the element's size, as files of other writers may have it.
  /// - Throws: `TorchError` if torch refuses.
  func tensor(at offset: Int, shape: [Int], dtype: DType) throws -> Tensor {
    let place = base + offset
    return try withTorchErrors {
      if UInt(bitPattern: place).isMultiple(of: UInt(dtype.size)) {
        return Tensor(bytes: place, shape: shape, dtype: dtype, owner: self)
      }
      let copy = Tensor.empty(shape, dtype: dtype)
      copy.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: $0.count)) }
      return copy
    }
  }
}

/// The system's words for the last call that failed.
func systemReason(_ code: Int32 = errno) -> String { String(cString: strerror(code)) }
