import Foundation
import LoRWeBTorch

/// A safetensors file opened for reading: its header checked, its data mapped, not read.
///
/// Opening costs the header alone, whatever the file's size. A tensor is a view of the map: its pages come from the disk when they
/// are touched and the map lives until the last tensor of it is gone, with or without this object. Operations in place change this
/// process's pages, seen by every later tensor of the same name, never the file.
public final class SafetensorsFile {
  public let url: URL
  public let header: SafetensorsHeader
  private let map: MappedFile
  private let dataOffset: Int

  /// Opens a file and checks its header against its size.
  /// - Throws: `CheckpointError`, a sentence of its own for each way in which a file can be wrong.
  public init(_ url: URL) throws {
    let file = url.path(percentEncoded: false)
    if ForeignFormat.isPickle(url) {
      throw CheckpointError(
        .foreignFormat, file, "pickled weights are refused because loading them can run code; convert them to safetensors")
    }
    func refused(_ format: ForeignFormat) -> CheckpointError {
      CheckpointError(.foreignFormat, file, expected: "a safetensors file", found: format.name, advice: format.advice)
    }
    map = try MappedFile(url)
    if let format = ForeignFormat(ending: url) { throw refused(format) }
    self.url = url
    let bytes = map.bytes
    if bytes.count < 8 {
      throw CheckpointError(
        .cutShort, file, expected: "at least 8 bytes that give the header's length", found: "\(bytes.count)",
        advice: "copy or download it again")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    if length > UInt64(SafetensorsHeader.sizeLimit) {
      if let format = ForeignFormat(firstBytes: bytes) { throw refused(format) }
      throw CheckpointError.headerTooLarge(file, says: length)
    }
    dataOffset = 8 + Int(length)
    if dataOffset > bytes.count {
      throw CheckpointError(
        .cutShort, file,
        "the header should have \(length) bytes but the file has only \(bytes.count - 8) after its length; download it again")
    }
    header = try SafetensorsHeader(
      json: Array(UnsafeRawBufferPointer(rebasing: bytes[8..<dataOffset])), dataCount: bytes.count - dataOffset, file: file)
  }

  /// Gives the memory of what was read back to the system; tensors of the file stay, and are read again when they are touched.
  public func releasePages() { map.releasePages() }
  public var byteCount: Int { map.count }

  /// Of the header's bytes and the 8 before them that tell its length.
  public var headerDigest: ContentDigest {
    withExtendedLifetime(map) { ContentDigest(of: UnsafeRawBufferPointer(rebasing: map.bytes[..<dataOffset])) }
  }

  /// Tells the system how the file will be read: out of order, touching a page doesn't read the megabytes around it.
  func expectReading(inOrder: Bool) { madvise(map.base, map.count, inOrder ? MADV_NORMAL : MADV_RANDOM) }
  /// Of the whole file, which is read for it.
  public var contentDigest: ContentDigest { withExtendedLifetime(map) { ContentDigest(of: map.bytes) } }
  public var names: [String] { header.entries.map(\.name) }
  public var metadata: SafetensorsMetadata { header.metadata }

  /// A view of the file's bytes; a copy only where a tensor doesn't begin at a multiple of its element's size, which files of other
  /// writers may have.
  /// - Throws: `CheckpointError.noSuchTensor`, or `TorchError` if torch refuses.
  public func tensor(_ name: String) throws -> Tensor {
    let entry = try entry(name)
    return try map.tensor(at: dataOffset + entry.byteRange.lowerBound, shape: entry.shape, dtype: entry.dtype)
  }

  /// Hands out a tensor's bytes as they stand in the file.
  /// - Throws: `CheckpointError.noSuchTensor`, or what `body` throws.
  public func withUnsafeBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    let range = try entry(name).byteRange
    return try withExtendedLifetime(map) {
      try body(UnsafeRawBufferPointer(start: map.base + dataOffset + range.lowerBound, count: range.count))
    }
  }

  private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
    guard let entry = header[name] else { throw CheckpointError.noSuchTensor(url.path(percentEncoded: false), name) }
    return entry
  }
}
