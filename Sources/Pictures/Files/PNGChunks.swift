import Foundation

/// What libpng's reading doesn't tell: whether a PNG is animated, and its EXIF block wherever it stands.
struct PNGChunks {
  private(set) var frames = 1
  private(set) var exif: Data?

  init(_ data: Data) {
    let reader = ByteReader(data)
    var offset = 8
    while let length = reader.bigEndian32(at: offset), let type = reader.ascii(at: offset + 4, count: 4) {
      if type == "acTL", let count = reader.bigEndian32(at: offset + 8) { frames = Int(count) }
      if type == "eXIf" { exif = reader.bytes(at: offset + 8, count: Int(length)) }
      if type == "IEND" { return }
      offset += 12 + Int(length)
    }
  }
}
