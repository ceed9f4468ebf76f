import Foundation

struct WebPContainer {
  private let chunks: [(type: String, content: Data)]

  /// The chunks that are wholly there.
  init(_ data: Data) {
    let reader = ByteReader(data)
    var chunks: [(String, Data)] = []
    var offset = 12
    while let type = reader.ascii(at: offset, count: 4), let length = reader.littleEndian32(at: offset + 4),
      let content = reader.bytes(at: offset + 8, count: Int(length))
    {
      chunks.append((type, content))
      offset += 8 + Int(length) + Int(length & 1)
    }
    self.chunks = chunks
  }

  func first(_ type: String) -> Data? { chunks.first { $0.type == type }?.content }

  /// The file with an sRGB profile: the extended header that announces it, the profile, then the image's own chunks.
  func tagged(size: PictureSize, hasAlpha: Bool) -> Data {
    let (profile, alpha): (UInt8, UInt8) = (0x20, 0x10)
    let sides = number(size.width - 1, bytes: 3) + number(size.height - 1, bytes: 3)
    let header = Data([hasAlpha ? profile | alpha : profile, 0, 0, 0]) + sides
    return file([("VP8X", header), ("ICCP", ColorProfile.sRGB)] + chunks.filter { $0.type != "VP8X" })
  }

  /// The file, which has an extended header, with an XMP packet at its end.
  func adding(_ packet: Data) -> Data {
    let announced = chunks.map { type, content in
      (type, type == "VP8X" ? Data([(content.first ?? 0) | 0x04]) + content.dropFirst() : content)
    }
    return file(announced + [("XMP ", packet)])
  }

  private func file(_ chunks: [(type: String, content: Data)]) -> Data {
    var body = Data("WEBP".utf8)
    for (type, content) in chunks {
      body.append(Data(type.utf8) + number(content.count) + content)
      if !content.count.isMultiple(of: 2) { body.append(0) }
    }
    return Data("RIFF".utf8) + number(body.count) + body
  }

  private func number(_ value: Int, bytes: Int = 4) -> Data {
    Data((0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }
}
