import Foundation

/// A decoded file before its colours are made sRGB and its orientation upright.
struct StoredPicture {
  /// What the samples before the alpha channel mean; the raw value is their number a pixel.
  enum Color: Int {
    case grey = 1
    case rgb = 3
    case cmyk = 4
  }

  let size: PictureSize
  let color: Color
  /// Whether a sample of coverage follows the colour samples of each pixel.
  let hasAlpha: Bool
  /// 8 or 16; 16-bit samples are in native byte order.
  let bits: Int
  /// Whether 0 is full ink, as in JPEG files.
  var isInverted = false
  let samples: [UInt8]
  var profile: ColorProfile?
  var orientation = Orientation.upright

  /// The upright sRGB picture. An unusable profile is ignored, as browsers do.
  func picture() -> Picture {
    let alpha = hasAlpha ? coverage() : nil
    let visible = alpha.flatMap { $0.allSatisfy { $0 == 255 } ? nil : $0 }
    return Picture(checked: size, pixels: converted() ?? plain(), alpha: visible).turned(from: orientation)
  }

  private var stride: Int { color.rawValue + (hasAlpha ? 1 : 0) }
  private var pixels: Int { size.width * size.height }

  private func converted() -> [UInt8]? {
    guard let profile else { return nil }
    let extra = hasAlpha ? 1 : 0
    if profile.channels == color.rawValue {
      return profile.converted(samples, pixels: pixels, bits: bits, extra: extra, inverted: isInverted)
    }
    // Grey pictures with an RGB profile are common: grey is red = green = blue there.
    guard color == .grey, profile.channels == 3 else { return nil }
    let bytes = bits / 8
    var tripled: [UInt8] = []
    tripled.reserveCapacity(pixels * 3 * bytes)
    for start in Swift.stride(from: 0, to: pixels * stride * bytes, by: stride * bytes) {
      for _ in 0..<3 { tripled.append(contentsOf: samples[start..<start + bytes]) }
    }
    return profile.converted(tripled, pixels: pixels, bits: bits, extra: 0, inverted: false)
  }

  /// RGB without a profile. CMYK by the formula Pillow and browsers use: ink multiplies light.
  private func plain() -> [UInt8] {
    if color == .rgb, !hasAlpha, bits == 8 { return samples }
    return [UInt8](count: pixels * 3) { output in
      samples.withUnsafeBufferPointer { input in
        for pixel in 0..<pixels {
          let start = pixel * stride
          switch color {
          case .grey:
            let grey = sample(start, of: input)
            for channel in 0..<3 { output[pixel * 3 + channel] = grey }
          case .rgb:
            for channel in 0..<3 { output[pixel * 3 + channel] = sample(start + channel, of: input) }
          case .cmyk:
            let flip: UInt8 = isInverted ? 0 : 255
            let light = UInt32(input[start + 3] ^ flip)
            for channel in 0..<3 {
              let product = UInt32(input[start + channel] ^ flip) * light + 128
              output[pixel * 3 + channel] = UInt8(truncatingIfNeeded: (product + product >> 8) >> 8)
            }
          }
        }
      }
    }
  }

  private func coverage() -> [UInt8] {
    samples.withUnsafeBufferPointer { input in (0..<pixels).map { sample($0 * stride + stride - 1, of: input) } }
  }

  /// A sample in 8 bits; 65535 / 255 = 257.
  private func sample(_ index: Int, of input: UnsafeBufferPointer<UInt8>) -> UInt8 {
    if bits == 8 { return input[index] }
    let wide = UnsafeRawBufferPointer(input).loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
    return UInt8(truncatingIfNeeded: (UInt32(wide) + 128) / 257)
  }
}
