/// A colour: red, green and blue in 0…1. The fourth lane is 0 in rasters and coverage in sprites.
typealias Pixel = SIMD4<Float>

extension SIMD4<Float> {
  static func rgb(_ red: Float, _ green: Float, _ blue: Float) -> Pixel { Pixel(red, green, blue, 0) }

  static func gray(_ value: Float) -> Pixel { Pixel(value, value, value, 0) }

  static let white = Pixel.gray(1)

  /// Rec. 601's weights, as JPEG and most photo programs take them.
  var luma: Float { 0.299 * x + 0.587 * y + 0.114 * z }

  /// By comparisons, since the library's `clamped` isn't inlined.
  var inUnitRange: Pixel {
    let raised = replacing(with: 0, where: self .< 0)
    return raised.replacing(with: 1, where: raised .> 1)
  }

  func mixed(with other: Pixel, by amount: Float) -> Pixel { self + (other - self) * amount }

  func squaredDistance(to other: Pixel) -> Float {
    let difference = self - other
    return (difference * difference).sum()
  }

  var largest: Float { Swift.max(x, Swift.max(y, z)) }
  var smallest: Float { Swift.min(x, Swift.min(y, z)) }

  func saturated(_ factor: Float) -> Pixel {
    let gray = Pixel.gray(luma)
    return (gray + (self - gray) * factor).inUnitRange
  }

  /// The fully saturated colour of a hue in turns: 0 red, 1/3 green.
  static func hue(_ turns: Float) -> Pixel {
    func channel(_ shift: Float) -> Float {
      let position = (turns + shift) - (turns + shift).rounded(.down)
      return Swift.min(1, Swift.max(0, abs(position * 6 - 3) - 1))
    }
    return .rgb(channel(0), channel(2.0 / 3), channel(1.0 / 3))
  }

  /// The hue in turns, 0 for grey.
  var hueTurns: Float {
    let chroma = largest - smallest
    guard chroma > 1e-6 else { return 0 }
    let sixths = largest == x ? (y - z) / chroma : largest == y ? 2 + (z - x) / chroma : 4 + (x - y) / chroma
    return sixths < 0 ? sixths / 6 + 1 : sixths / 6
  }

  /// HSV's hue moved by a part of the circle; value and saturation stay.
  func hueShifted(by turns: Float) -> Pixel {
    let (high, low) = (largest, smallest)
    return .gray(low) + Pixel.hue(hueTurns + turns) * (high - low)
  }
}

extension Float {
  var inUnitRange: Float { Swift.min(1, Swift.max(0, self)) }
}

extension Range<Int> {
  /// The rows (or columns) of a picture between two positions in pixels, with one to spare on either side; empty outside.
  init(covering low: Float, _ high: Float, of side: Int) {
    let start = Int(Swift.min(Float(side), Swift.max(0, low - 1)))
    self = start..<Swift.max(start, Int(Swift.min(Float(side), Swift.max(0, high + 2))))
  }
}
