import Foundation

/// A resampling filter of Pillow's `Image.resize`, whose 8-bit arithmetic is reproduced to the bit.
public enum ResamplingFilter: String, Codable, CaseIterable, Sendable {
  /// Mean of the pixels an output pixel covers.
  case box
  /// Triangle; with antialiasing when shrinking.
  case bilinear
  /// Keys' cubic with a = −0.5.
  case bicubic
  /// Windowed sinc with three lobes.
  case lanczos

  /// Half the filter's width in input pixels at scale 1.
  var support: Double {
    switch self {
    case .box: 0.5
    case .bilinear: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The filter at distance `x` from its centre.
  func weight(at x: Double) -> Double {
    switch self {
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .bilinear: return max(0, 1 - abs(x))
    case .bicubic:
      let a = -0.5
      let d = abs(x)
      if d < 1 { return ((a + 2) * d - (a + 3)) * d * d + 1 }
      if d < 2 { return (((d - 5) * d + 8) * d - 4) * a }
      return 0
    case .lanczos: return x >= -3 && x < 3 ? Self.sinc(x) * Self.sinc(x / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(x * .pi) / (x * .pi) }
}
