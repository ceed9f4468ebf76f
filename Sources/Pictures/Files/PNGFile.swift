import CLoRWeBPictures
import Foundation

enum PNGFile {
  static func read(_ data: Data, file: String, pixelLimit: Int) throws -> StoredPicture {
    let chunks = PNGChunks(data)
    if chunks.frames > 1 { throw RefusedFormat.animatedPNG.error(for: file) }
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
        let (key, value) = (string(entry.key, isUTF8: false), string(entry.value, isUTF8: entry.is_utf8 != 0))
        if let key, let value { texts[key] = value }
      }
      return texts
    }
  }

  static func encode(_ picture: Picture, compression: Int, text: [String: String], file: String) throws -> Data {
    guard picture.width <= Int(Int32.max), picture.height <= Int(Int32.max) else {
      throw PicturesError.notEncodable(file: file, format: "PNG", reason: "\(picture.size) is too large")
    }
    let texts = text.sorted { $0.key < $1.key }
    for (key, value) in texts { try check(key: key, value: value, file: file) }
    let (keys, values) = (texts.map { strdup($0.key) }, texts.map { strdup($0.value) })
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
    if let bytes = header.profile { return ColorProfile(icc: Data(bytes: bytes, count: Int(header.profile_length))) }
    if header.is_srgb != 0 || header.gamma == 0 { return nil }
    let values = withUnsafeBytes(of: header.chromaticities) { Array($0.bindMemory(to: Double.self)) }
    return ColorProfile(gamma: header.gamma, chromaticities: header.has_chromaticities != 0 ? values : nil)
  }

  private static func string(_ pointer: UnsafePointer<CChar>?, isUTF8: Bool) -> String? {
    guard let pointer else { return nil }
    if isUTF8 { return String(cString: pointer) }
    let latin1 = UnsafeBufferPointer(start: pointer, count: strlen(pointer))
    return String(String.UnicodeScalarView(latin1.map { Unicode.Scalar(UInt8(bitPattern: $0)) }))
  }

  private static func check(key: String, value: String, file: String) throws {
    func refused(_ reason: String) -> PicturesError { .notEncodable(file: file, format: "PNG", reason: reason) }
    let allowed = key.utf8.allSatisfy { (32...126).contains($0) } && !key.hasPrefix(" ") && !key.hasSuffix(" ")
    guard allowed, !key.isEmpty, key.utf8.count <= 79, !key.contains("  ") else {
      throw refused("the text key \"\(key)\" must be 1 to 79 printable ASCII characters without outer spaces")
    }
    if value.utf8.contains(0) { throw refused("a text contains a zero character") }
  }
}

/// What libpng's reading doesn't tell: whether a PNG is animated, and its EXIF block wherever it stands.
private struct PNGChunks {
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
