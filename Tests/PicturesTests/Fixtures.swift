import Foundation
import LoRWeBPictures

/// Files beside the tests and pictures that the proofs' scripts make alike.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  static func json<Answer: Decodable>(_ name: String) throws -> Answer {
    try JSONDecoder().decode(Answer.self, from: Data(contentsOf: folder.appending(path: name)))
  }

  /// As `noise` of Proofs/pictures/noise.py: `[height, width, channels]`; a fourth channel becomes the alpha plane.
  static func noise(_ size: PictureSize, channels: Int = 3, seed: UInt64) throws -> Picture {
    var state = seed
    var pixels: [UInt8] = []
    var alpha: [UInt8] = []
    for index in 0..<size.width * size.height * channels {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = state >> 53
      let sample = value < 341 ? 0 : value < 682 ? 255 : UInt8(truncatingIfNeeded: value)
      if index % channels == 3 { alpha.append(sample) } else { pixels.append(sample) }
    }
    return try Picture(width: size.width, height: size.height, pixels: pixels, alpha: channels == 4 ? alpha : nil)
  }

  /// 64-bit FNV-1a of the samples in the file order of Pillow's `tobytes`, as 16 hexadecimal digits.
  static func checksum(_ picture: Picture) -> String {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for pixel in 0..<picture.width * picture.height {
      for channel in 0..<3 { add(picture.pixels[pixel * 3 + channel]) }
      if let alpha = picture.alpha { add(alpha[pixel]) }
    }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func decoding(_ file: String) throws -> Picture {
    try Picture(contentsOf: folder.appending(path: "decoding/\(file)"))
  }

  /// The largest difference of two planes, 256 if their lengths differ.
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    a.count == b.count ? zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0 : 256
  }

  static func meanDistance(_ a: [UInt8], _ b: [UInt8]) -> Double {
    a.count == b.count ? zip(a, b).reduce(0.0) { $0 + Double(abs(Int($1.0) - Int($1.1))) } / Double(max(1, a.count)) : 256
  }

  /// In dB against a peak of 255; pictures of one size.
  static func psnr(_ a: Picture, _ b: Picture) -> Double {
    let sum = zip(a.pixels, b.pixels).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return 10 * log10(255 * 255 * Double(a.pixels.count) / max(sum, 1e-9))
  }

  /// The CRC of a PNG chunk's type and content, as it stands in the file.
  static func checksum32(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var value: UInt32 = ~0
    for byte in bytes {
      value ^= UInt32(byte)
      for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ~value >> $0) }
  }

  /// Gives every chunk of a PNG the CRC of what it now holds.
  static func repairChecksums(_ png: inout [UInt8]) {
    var offset = 8
    while png.starts(with: [0x89, 0x50]), offset + 12 <= png.count {
      let length = png[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= png.count - offset - 12 else { return }
      let end = offset + 8 + length
      png.replaceSubrange(end..<end + 4, with: checksum32(png[offset + 4..<end]))
      offset = end + 4
    }
  }

  static func inTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
