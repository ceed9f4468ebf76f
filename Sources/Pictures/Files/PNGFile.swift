import CLoRWeBPictures
import Foundation

enum PNGFile {
  static func read(_ data: Data, file: String, pixelLimit: Int) throws -> StoredPicture {
    let chunks = PNGChunks(data)
    if chunks.frames > 1 {
      throw PicturesError.refusedFormat(
        file: file, format: RefusedFormat.animatedPNG.name, advice: RefusedFormat.animatedPNG.advice)
    }
    return try withReader(data, file: file) { reader, header, error in
      let size = PictureSize(width: Int(header.width), height: Int(header.height))
      try ReadLimit.check(size, file: file, format: .png, limit: pixelLimit)
      let profile = profile(of: header).flatMap { $0.isNearSRGB ? nil : $0 }
      let wide = header.bits == 16 && profile != nil
      let samples = try ReadLimit.samples(size, bytesAPixel: Int(header.channels) * (wide ? 2 : 1)) { buffer in
        guard cpictures_png_read(reader, wide ? 1 : 0, buffer, error.buffer) != 0 else {
          throw PicturesError.damaged(file: file, format: "PNG", reason: error.text)
        }
      }
      return StoredPicture(
        size: size, color: header.channels < 3 ? .grey : .rgb, hasAlpha: header.channels.isMultiple(of: 2), bits: wide ? 16 : 8,
        samples: samples, profile: profile, orientation: Orientation(exif: chunks.exif))
    }
  }

  /// The texts before the image data, by key.
  static func text(_ data: Data, file: String) throws -> [String: String] {
    try withReader(data, file: file) { reader, _, _ in
      var texts: [String: String] = [:]
      for index in 0..<cpictures_png_text_count(reader) {
        let entry = cpictures_png_text_at(reader, index)
        guard let key = string(entry.key, isUTF8: false), let value = string(entry.value, isUTF8: entry.is_utf8 != 0) else {
          continue
        }
        texts[key] = value
      }
      return texts
    }
  }

  static func encode(_ picture: Picture, compression: Int, text: [String: String], file: String) throws -> Data {
    guard picture.width <= Int(Int32.max), picture.height <= Int(Int32.max) else {
      throw PicturesError.notEncodable(file: file, format: "PNG", reason: "\(picture.size) is too large")
    }
    let texts = try text.sorted { $0.key < $1.key }.map {
      try (latin1(key: $0.key, file: file), utf8(value: $0.value, file: file))
    }
    let keys = texts.map { strdup($0.0) }
    let values = texts.map { strdup($0.1) }
    defer { (keys + values).forEach { free($0) } }
    let (samples, channels) = picture.interleaved
    let (keyPointers, valuePointers) = (keys.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
    return try EncodedBytes.data(file: file, format: "PNG") { bytes, count, error in
      cpictures_png_write(
        samples, UInt32(picture.width), UInt32(picture.height), UInt32(channels), Int32(compression), keyPointers,
        valuePointers,
        Int32(keys.count), &bytes, &count, error)
    }
  }

  private static func withReader<Result>(
    _ data: Data, file: String, _ body: (OpaquePointer, cpictures_png_header, CErrorText) throws -> Result
  ) throws -> Result {
    try data.withContiguousBytes { bytes in
      let error = CErrorText()
      var header = cpictures_png_header()
      guard let reader = cpictures_png_open(bytes, data.count, &header, error.buffer) else {
        throw PicturesError.damaged(file: file, format: "PNG", reason: error.text)
      }
      defer { cpictures_png_close(reader) }
      return try body(reader, header, error)
    }
  }

  /// As the PNG standard ranks them: iCCP, else sRGB, else gAMA with or without cHRM.
  private static func profile(of header: cpictures_png_header) -> ColorProfile? {
    if let bytes = header.profile {
      return ColorProfile(icc: Data(bytes: bytes, count: Int(header.profile_length)))
    }
    if header.is_srgb != 0 || header.gamma == 0 { return nil }
    let values = withUnsafeBytes(of: header.chromaticities) { Array($0.bindMemory(to: Double.self)) }
    return ColorProfile(gamma: header.gamma, chromaticities: header.has_chromaticities != 0 ? values : nil)
  }

  private static func string(_ pointer: UnsafePointer<CChar>?, isUTF8: Bool) -> String? {
    guard let pointer else { return nil }
    if isUTF8 { return String(cString: pointer) }
    return String(
      String.UnicodeScalarView(
        UnsafeBufferPointer(start: pointer, count: strlen(pointer)).map {
          Unicode.Scalar(UInt8(bitPattern: $0))
        }))
  }

  private static func latin1(key: String, file: String) throws -> String {
    let allowed = key.utf8.allSatisfy { (32...126).contains($0) } && !key.hasPrefix(" ") && !key.hasSuffix(" ")
    guard allowed, !key.isEmpty, key.utf8.count <= 79, !key.contains("  ") else {
      throw PicturesError.notEncodable(
        file: file, format: "PNG",
        reason: "the text key \"\(key)\" must be 1 to 79 printable ASCII characters without outer spaces")
    }
    return key
  }

  private static func utf8(value: String, file: String) throws -> String {
    guard !value.utf8.contains(0) else {
      throw PicturesError.notEncodable(file: file, format: "PNG", reason: "a text contains a zero character")
    }
    return value
  }
}
