import Foundation
import LoRWeBTorch

/// A safetensors file opened for reading: its header checked, its data mapped, not read.
///
/// Opening costs the header alone, whatever the file's size. A tensor is a view of the map: its pages come from the disk when they
/// are touched and the map lives until the last tensor of it is gone, with or without this object. Operations in place change this
/// process's pages, seen by every later tensor of the same name, never the file.
public final class SafetensorsFile {
  /// Where the file is.
  public let url: URL
  /// What the file says about its tensors.
  public let header: SafetensorsHeader
  private let map: MappedFile
  private let dataOffset: Int

  /// Opens a file and checks its header against its size.
  ///
  /// - Throws: `CheckpointError`, a case of its own for each way in which a file can be wrong.
  public init(_ url: URL) throws {
    let file = url.path(percentEncoded: false)
    if ForeignFormat.isPickle(url) { throw CheckpointError.pickleRefused(file: file) }
    map = try MappedFile(url)
    self.url = url
    let bytes = map.bytes
    if bytes.count < 8 { throw CheckpointError.fileTooShort(file: file, found: bytes.count) }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    let limit = SafetensorsHeader.sizeLimit
    if length > UInt64(limit) {
      if let format = ForeignFormat(firstBytes: bytes) {
        throw CheckpointError.foreignFormat(file: file, format: format.name, advice: format.advice)
      }
      throw CheckpointError.headerTooLarge(file: file, found: length, limit: limit)
    }
    dataOffset = 8 + Int(length)
    if dataOffset > bytes.count {
      throw CheckpointError.headerTruncated(file: file, expected: Int(length), found: bytes.count - 8)
    }
    header = try SafetensorsHeader(
      json: Array(UnsafeRawBufferPointer(rebasing: bytes[8..<dataOffset])), dataCount: bytes.count - dataOffset, file: file)
  }

  /// Gives the memory of what was read back to the system; tensors of the file stay, and are read again when they are touched.
  public func releasePages() { map.releasePages() }

  /// Bytes of the whole file.
  public var byteCount: Int { map.count }

  /// Of the header's bytes and the 8 before them that tell its length.
  public var headerDigest: ContentDigest {
    withExtendedLifetime(map) { ContentDigest(of: UnsafeRawBufferPointer(rebasing: map.bytes[..<dataOffset])) }
  }

  /// Tells the system how the file will be read: out of order, touching a page doesn't read the megabytes around it.
  func expectReading(inOrder: Bool) { madvise(map.base, map.count, inOrder ? MADV_NORMAL : MADV_RANDOM) }

  /// Of the whole file, which is read for it.
  public var contentDigest: ContentDigest { withExtendedLifetime(map) { ContentDigest(of: map.bytes) } }

  /// Names of all tensors, in the header's order.
  public var names: [String] { header.entries.map(\.name) }

  /// The file's `__metadata__`.
  public var metadata: SafetensorsMetadata { header.metadata }

  /// A tensor of the file, a view of its bytes.
  ///
  /// Copied instead is only a tensor that doesn't begin at a multiple of its element's size, which files of other writers may have.
  ///
  /// - Throws: `CheckpointError.noSuchTensor`, or `TorchError` if torch refuses.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    let place = map.base + dataOffset + entry.byteRange.lowerBound
    return try withTorchErrors {
      if UInt(bitPattern: place).isMultiple(of: UInt(entry.dtype.size)) {
        return Tensor(bytes: place, shape: entry.shape, dtype: entry.dtype, owner: map)
      }
      let copy = Tensor.empty(entry.shape, dtype: entry.dtype)
      copy.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: entry.byteRange.count)) }
      return copy
    }
  }

  /// Hands out a tensor's bytes as they stand in the file.
  ///
  /// - Throws: `CheckpointError.noSuchTensor`, or what `body` throws.
  public func withUnsafeBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let range = try entry(name).byteRange
    return try withExtendedLifetime(map) {
      try body(UnsafeRawBufferPointer(start: map.base + dataOffset + range.lowerBound, count: range.count))
    }
  }

  private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
    guard let entry = header[name] else {
      throw CheckpointError.noSuchTensor(file: url.path(percentEncoded: false), name: name)
    }
    return entry
  }
}
