import CLoRWeBPictures
import Foundation

enum WebPFile {
  static func read(_ data: Data, file: String, pixelLimit: Int) throws -> StoredPicture {
    let container = WebPContainer(data)
    return try data.withContiguousBytes { bytes in
      let error = CErrorText()
      var header = cpictures_webp_header()
      func damaged() -> PicturesError { .damaged(file: file, format: "WebP", reason: error.text) }
      guard cpictures_webp_open(bytes, data.count, &header, error.buffer) != 0 else { throw damaged() }
      if header.is_animated != 0 { throw RefusedFormat.animatedWebP.error(for: file) }
      let size = PictureSize(width: Int(header.width), height: Int(header.height))
      try ReadLimit.check(size, file: file, format: .webp, limit: pixelLimit)
      let hasAlpha = header.has_alpha != 0
      let samples = try ReadLimit.samples(size, bytesAPixel: hasAlpha ? 4 : 3) { buffer in
        guard cpictures_webp_read(bytes, data.count, header, buffer, error.buffer) != 0 else { throw damaged() }
      }
      let profile = ColorProfile(icc: container.first("ICCP")).flatMap { $0.isNearSRGB ? nil : $0 }
      return StoredPicture(
        size: size, color: .rgb, hasAlpha: hasAlpha, bits: 8, samples: samples, profile: profile,
        orientation: Orientation(exif: container.first("EXIF")))
    }
  }

  /// Tagged with an sRGB profile.
  static func encode(_ picture: Picture, quality: Int, lossless: Bool, file: String) throws -> Data {
    let longest = 16_383
    guard picture.width <= longest, picture.height <= longest else {
      throw PicturesError.notEncodable(
        file: file, format: "WebP", reason: "it is \(picture.size) but a side can have \(longest) pixels at most; write a PNG")
    }
    let (samples, channels) = picture.interleaved
    let plain = try EncodedBytes.data(file: file, format: "WebP") { bytes, count, error in
      cpictures_webp_write(
        samples, Int32(picture.width), Int32(picture.height), channels == 4 ? 1 : 0, Int32(quality), lossless ? 1 : 0, &bytes,
        &count, error)
    }
    return WebPContainer(plain).tagged(size: picture.size, hasAlpha: picture.alpha != nil)
  }
}
