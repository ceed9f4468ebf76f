import Foundation

extension SIMD4<Float> {
  /// CIE L*a*b* of an sRGB colour (D65), in its usual units of 0…100.
  var lab: Pixel {
    func linear(_ value: Float) -> Float { value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4) }
    func root(_ value: Float) -> Float { value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116 }
    let (r, g, b) = (linear(x.inUnitRange), linear(y.inUnitRange), linear(z.inUnitRange))
    let u = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505)
    let v = root(0.2126 * r + 0.7152 * g + 0.0722 * b)
    let w = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    return Pixel(116 * v - 16, 500 * (u - v), 200 * (v - w), 0)
  }

  /// The sRGB colour of L*a*b* values, brought into 0…1.
  var colorFromLab: Pixel {
    func cube(_ value: Float) -> Float { value > 0.2069 ? value * value * value : (value - 16.0 / 116) / 7.787 }
    func encoded(_ value: Float) -> Float { value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055 }
    let v = (x + 16) / 116
    let (X, Y, Z) = (0.9505 * cube(v + y / 500), cube(v), 1.089 * cube(v - z / 200))
    return Pixel.rgb(
      encoded(3.2406 * X - 1.5372 * Y - 0.4986 * Z), encoded(-0.9689 * X + 1.8758 * Y + 0.0415 * Z),
      encoded(0.0557 * X - 0.2040 * Y + 1.0570 * Z)
    ).inUnitRange
  }
}

/// Mean and covariance of a picture's colours in L*a*b*: its palette in nine numbers.
struct ColorStatistics: Sendable {
  var mean: Pixel
  /// The lower triangular factor L of the covariance L·Lᵀ, by columns.
  var factor: (Pixel, Pixel, Pixel)

  /// - Parameter colors: colours that stand for the picture in equal parts.
  init(of colors: [Pixel]) {
    let lab = colors.map(\.lab)
    let mean = lab.reduce(Pixel.zero, +) / Float(max(1, lab.count))
    let share = 1 / Float(max(1, lab.count))
    let offsets = lab.map { $0 - mean }
    /// One of the covariance's numbers; the one more on the diagonal keeps it regular for grey pictures.
    func covariance(_ row: Int, _ column: Int) -> Float {
      offsets.reduce(row == column ? 1 : 0) { $0 + $1[row] * $1[column] * share }
    }
    // Cholesky's decomposition.
    let a = covariance(0, 0).squareRoot()
    let (b, c) = (covariance(0, 1) / a, covariance(0, 2) / a)
    let d = max(covariance(1, 1) - b * b, 0.01).squareRoot()
    let e = (covariance(1, 2) - b * c) / d
    let f = max(covariance(2, 2) - c * c - e * e, 0.01).squareRoot()
    self.mean = mean
    factor = (Pixel(a, b, c, 0), Pixel(0, d, e, 0), Pixel(0, 0, f, 0))
  }

  /// A colour of this palette moved to the same place of another.
  func carry(_ color: Pixel, to other: ColorStatistics) -> Pixel {
    let d = color.lab - mean
    let u = d.x / factor.0.x
    let v = (d.y - factor.0.y * u) / factor.1.y
    let w = (d.z - factor.0.z * u - factor.1.z * v) / factor.2.z
    let moved = other.factor.0 * u + other.factor.1 * v + other.factor.2 * w
    return (other.mean + moved).colorFromLab
  }
}

extension Raster {
  /// This picture in the colours of another, by mean and covariance in L*a*b*.
  func inColors(of palette: ColorStatistics) -> Raster {
    let own = ColorStatistics(of: stride(from: 0, to: pixels.count, by: 5).map { pixels[$0] })
    return map { own.carry($0, to: palette) }
  }

  /// Luma brought to colours at equal distances, the first for black and the last for white.
  func gradientMapped(_ stops: [Pixel]) -> Raster {
    let last = stops.count - 1
    return map { pixel in
      let place = pixel.luma.inUnitRange * Float(last)
      let below = min(last - 1, Int(place))
      return stops[below].mixed(with: stops[below + 1], by: place - Float(below))
    }
  }

  /// Each pixel the nearest of some colours.
  func nearest(of colors: [Pixel]) -> Raster { map { colors[colors.nearest(to: $0)] } }

  /// `count` colours that stand for the picture: means of clusters, begun at equal steps of luma.
  func palette(_ count: Int) -> [Pixel] {
    let sorted = pixels.sorted { $0.luma < $1.luma }
    var centers = (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] }
    for _ in 0..<5 { centers = zip(means(of: pixels.map(centers.nearest), count: count), centers).map { $0 ?? $1 } }
    return centers
  }

  /// Means of pieces, given each pixel's piece; nil for a piece without pixels.
  func means(of labels: [Int], count: Int) -> [Pixel?] {
    var sums = Array(repeating: Pixel.zero, count: count)
    var weights = Array(repeating: Float.zero, count: count)
    for (pixel, label) in zip(pixels, labels) {
      sums[label] += pixel
      weights[label] += 1
    }
    return zip(sums, weights).map { $1 > 0 ? $0 / $1 : nil }
  }
}

extension [Pixel] {
  /// The place of the colour nearest to another, the first among equals.
  fileprivate func nearest(to pixel: Pixel) -> Int {
    var (best, least) = (0, Float.infinity)
    for at in indices {
      let distance = self[at].squaredDistance(to: pixel)
      if distance < least { (best, least) = (at, distance) }
    }
    return best
  }
}
