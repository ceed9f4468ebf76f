import CLoRWeBPictures
import Foundation

/// A colour profile that little-cms can use. Conversion to sRGB is relative colorimetric with black point compensation: colours sRGB
/// can show stay what they are and shadows keep their steps. Perceptual tables would bend them all, each maker's differently, and the
/// RGB profiles of cameras and displays have none.
final class ColorProfile {
  private let profile: OpaquePointer
  /// Samples a pixel the profile describes: 1 grey, 3 RGB, 4 CMYK.
  let channels: Int

  private init?(_ profile: OpaquePointer?) {
    guard let profile else { return nil }
    (self.profile, channels) = (profile, Int(cpictures_profile_channels(profile)))
    if channels <= 0 { return nil }  // closed by deinit
  }

  /// From the bytes of an ICC profile; nil if they are none or describe another kind of colour.
  convenience init?(icc: Data?) {
    guard let icc, !icc.isEmpty else { return nil }
    self.init(icc.withContiguousBytes { cpictures_profile_open($0, icc.count) })
  }

  /// From a PNG's gAMA and cHRM (white, red, green, blue: x, y each; nil: those of sRGB).
  convenience init?(gamma: Double, chromaticities: [Double]?) {
    guard gamma > 0.05, gamma < 20 else { return nil }
    if let chromaticities {
      self.init(chromaticities.withUnsafeBufferPointer { cpictures_profile_make($0.baseAddress, gamma) })
    } else {
      self.init(cpictures_profile_make(nil, gamma))
    }
  }

  deinit { cpictures_profile_close(profile) }

  /// 8-bit sRGB, three samples a pixel; nil if the profile turns out to be unusable.
  /// - Parameter samples: `channels` samples a pixel and `extra` ones that are skipped, 8- or native 16-bit.
  func converted(_ samples: [UInt8], pixels: Int, bits: Int, extra: Int, inverted: Bool) -> [UInt8]? {
    var succeeded = false
    let result = [UInt8](unsafeUninitializedCapacity: pixels * 3) { rgb, filled in
      guard let target = rgb.baseAddress else { return }
      succeeded =
        samples.withUnsafeBytes {
          cpictures_profile_convert(profile, Int32(bits), Int32(extra), inverted ? 1 : 0, $0.baseAddress, pixels, target)
        } != 0
      filled = succeeded ? pixels * 3 : 0
    }
    return succeeded ? result : nil
  }

  /// Whether an RGB or grey profile moves no colour by more than a level, as the many copies of sRGB do: nothing to convert.
  var isNearSRGB: Bool {
    guard channels != 4 else { return false }
    let ladder = stride(from: 0, through: 255, by: channels == 1 ? 1 : 17).map { UInt8($0) }
    let probes =
      channels == 1 ? ladder : ladder.flatMap { red in ladder.flatMap { green in ladder.flatMap { [red, green, $0] } } }
    let expected = channels == 1 ? probes.flatMap { [$0, $0, $0] } : probes
    let found = converted(probes, pixels: probes.count / channels, bits: 8, extra: 0, inverted: false)
    return found.map { zip(expected, $0).allSatisfy { abs(Int($0) - Int($1)) <= 1 } } ?? false
  }

  /// The bytes of an sRGB profile, what written JPEG and WebP files are tagged with.
  static let sRGB: Data = {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = cpictures_profile_write_srgb(&bytes, bytes.count)
    return Data(bytes.prefix(count))
  }()
}

extension Data {
  /// The bytes as C functions want them.
  func withContiguousBytes<Result>(_ body: (UnsafePointer<UInt8>?) throws -> Result) rethrows -> Result {
    try withUnsafeBytes { try body($0.bindMemory(to: UInt8.self).baseAddress) }
  }
}
