import Foundation

/// The segments before a JPEG's image data that change how it looks.
struct JPEGSegments {
  /// The TIFF structure of the EXIF segment, with its prefix.
  private(set) var exif: Data?
  /// The ICC profile, put together from its parts; nil if one is missing.
  private(set) var profile: Data?
  private(set) var xmp: Data?

  /// What begins the segment of an XMP packet.
  static let xmpPrefix = "http://ns.adobe.com/xap/1.0/\0"

  init(_ data: Data) {
    let reader = ByteReader(data)
    var parts: [Int: Data] = [:]
    var total = 0
    var offset = 2
    while let byte = reader.byte(at: offset), let marker = reader.byte(at: offset + 1) {
      if byte != 0xFF || marker == 0xFF {
        offset += 1  // stray or fill byte
        continue
      }
      if marker <= 0x01 || (0xD0...0xD7).contains(marker) {
        offset += 2  // no segment follows
        continue
      }
      if marker == 0xDA || marker == 0xD9 { break }
      guard let length = reader.bigEndian16(at: offset + 2), length >= 2 else { break }
      guard let content = reader.bytes(at: offset + 4, count: Int(length) - 2) else { break }
      let segment = ByteReader(content)
      switch marker {
      case 0xE1 where segment.starts(with: "Exif\0") && exif == nil: exif = content
      case 0xE1 where segment.starts(with: Self.xmpPrefix) && xmp == nil: xmp = content.dropFirst(Self.xmpPrefix.utf8.count)
      case 0xE2 where segment.starts(with: "ICC_PROFILE\0"):
        guard let number = segment.byte(at: 12), let count = segment.byte(at: 13) else { break }
        total = Int(count)
        parts[Int(number)] = content.dropFirst(14)
      default: break
      }
      offset += 2 + Int(length)
    }
    if total > 0, parts.count == total, parts.keys.allSatisfy({ (1...total).contains($0) }) {
      profile = parts.sorted { $0.key < $1.key }.reduce(into: Data()) { $0.append($1.value) }
    }
  }
}
