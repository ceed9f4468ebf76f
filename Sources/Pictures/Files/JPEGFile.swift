import CLoRWeBPictures
import Foundation

enum JPEGFile {
  /// - Parameter damaged: told if pixels are lost.
  static func read(
    _ data: Data, file: String, pixelLimit: Int, damaged tell: (PicturesError) throws -> Void
  ) throws -> StoredPicture {
    let segments = JPEGSegments(data)
    return try data.withContiguousBytes { bytes in
      let error = CErrorText()
      let loss = CErrorText()
      var header = cpictures_jpeg_header()
      func damaged() -> PicturesError { .damaged(file: file, format: "JPEG", reason: error.text) }
      guard cpictures_jpeg_open(bytes, data.count, &header, error.buffer) != 0 else { throw damaged() }
      let size = PictureSize(width: Int(header.width), height: Int(header.height))
      try ReadLimit.check(size, file: file, format: .jpeg, limit: pixelLimit)
      let samples = try ReadLimit.samples(size, bytesAPixel: Int(header.channels)) { buffer in
        guard cpictures_jpeg_read(bytes, data.count, header, buffer, loss.buffer, error.buffer) != 0 else { throw damaged() }
      }
      if loss.isSet { try tell(.damaged(file: file, format: "JPEG", reason: loss.text)) }
      // CMYK is stored inverted, with Adobe's marker or without: so Pillow and browsers take it.
      guard let color = StoredPicture.Color(rawValue: Int(header.channels)) else { throw damaged() }
      let profile = ColorProfile(icc: segments.profile).flatMap { $0.isNearSRGB ? nil : $0 }
      return StoredPicture(
        size: size, color: color, hasAlpha: false, bits: 8, isInverted: color == .cmyk, samples: samples, profile: profile,
        orientation: Orientation(exif: segments.exif))
    }
  }

  /// Alpha is laid on white; the file is tagged with an sRGB profile.
  static func encode(_ picture: Picture, quality: Int, file: String) throws -> Data {
    let longest = 65_500
    guard picture.width <= longest, picture.height <= longest else {
      throw PicturesError.notEncodable(
        file: file, format: "JPEG", reason: "it is \(picture.size) but a side can have \(longest) pixels at most; write a PNG")
    }
    let opaque = picture.composited()
    let plain = try EncodedBytes.data(file: file, format: "JPEG") { bytes, count, error in
      cpictures_jpeg_write(opaque.pixels, Int32(picture.width), Int32(picture.height), Int32(quality), &bytes, &count, error)
    }
    return inserted(segment(0xE2, Array("ICC_PROFILE\0".utf8) + [1, 1] + ColorProfile.sRGB), in: plain)
  }

  /// The same file with an XMP packet.
  static func adding(_ packet: Data, to jpeg: Data, file: String) throws -> Data {
    let content = Array(JPEGSegments.xmpPrefix.utf8) + packet
    guard content.count <= 65_533 else {
      throw PicturesError.notEncodable(
        file: file, format: "JPEG", reason: "its texts are \(packet.count) bytes long, more than a segment holds; write a PNG")
    }
    return inserted(segment(0xE1, content), in: jpeg)
  }

  private static func segment(_ marker: UInt8, _ content: [UInt8]) -> Data {
    let length = content.count + 2
    return Data([0xFF, marker, UInt8(length >> 8), UInt8(length & 255)] + content)
  }

  /// Segments go behind the start marker and the JFIF segment, which must be first.
  private static func inserted(_ segment: Data, in jpeg: Data) -> Data {
    let reader = ByteReader(jpeg)
    let jfif = reader.starts(with: [0xFF, 0xE0], at: 2) ? 2 + Int(reader.bigEndian16(at: 4) ?? 0) : 0
    return jpeg.prefix(2 + jfif) + segment + jpeg.dropFirst(2 + jfif)
  }
}
