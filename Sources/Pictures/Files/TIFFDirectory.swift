import Foundation

/// The first directory of a TIFF structure: a TIFF or raw file, or the EXIF block inside a PNG, JPEG or WebP file.
struct TIFFDirectory {
  static let make: UInt16 = 0x010F
  static let orientation: UInt16 = 0x0112
  static let subDirectories: UInt16 = 0x014A
  static let dngVersion: UInt16 = 0xC612

  private let reader: ByteReader
  private let isLittleEndian: Bool
  private let start, entries: Int

  /// Nil if the bytes don't begin with a TIFF header; a directory that lies outside the bytes has no entries.
  init?(_ reader: ByteReader) {
    isLittleEndian = reader.starts(with: "II*\0")
    guard isLittleEndian || reader.starts(with: "MM\0*") else { return nil }
    self.reader = reader
    let offset = isLittleEndian ? reader.littleEndian32(at: 4) : reader.bigEndian32(at: 4)
    start = Int(offset ?? .max)
    entries = Int((isLittleEndian ? reader.littleEndian16(at: start) : reader.bigEndian16(at: start)) ?? 0)
  }

  /// The offset of the 12-byte entry of `tag`: tag, type, count, value.
  func entry(_ tag: UInt16) -> Int? {
    for index in 0..<entries {
      let offset = start + 2 + index * 12
      guard let found = short(at: offset) else { return nil }
      if found == tag { return offset }
    }
    return nil
  }

  /// The first number of a tag whose values are 16-bit.
  func short(_ tag: UInt16) -> UInt16? {
    guard let entry = entry(tag), short(at: entry + 2) == 3 else { return nil }
    return short(at: entry + 8)
  }

  /// The text of a tag, without what follows its first zero.
  func text(_ tag: UInt16) -> String? {
    guard let entry = entry(tag), short(at: entry + 2) == 2, let count = long(at: entry + 4), let offset = long(at: entry + 8)
    else { return nil }
    let place = count <= 4 ? entry + 8 : Int(offset)
    return reader.bytes(at: place, count: min(Int(count), 256)).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  private func short(at offset: Int) -> UInt16? {
    isLittleEndian ? reader.littleEndian16(at: offset) : reader.bigEndian16(at: offset)
  }

  private func long(at offset: Int) -> UInt32? {
    isLittleEndian ? reader.littleEndian32(at: offset) : reader.bigEndian32(at: offset)
  }
}
