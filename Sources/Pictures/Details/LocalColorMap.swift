import Foundation

/// target ≈ A·guide + c at every small pixel, with the share of the enlarged target where that doesn't hold.
struct LocalColorMap {
  let width, height: Int
  /// `[height, width]` of four columns: what red, green and blue of b add to (red, green, blue), and the offset c. The fourth
  /// lane of the offset is the share of the enlarged target, 0...1.
  let columns: [Column]

  struct Column {
    var red, green, blue, offset: SIMD4<Float>
  }

  /// Least squares under the window; map and residual are smoothed by it once more.
  /// - Parameter real: b brought to the small size without the autoencoder: |guide − real|² is the autoencoder's own error.
  init(guide: Picture, target: Picture, real: Picture, settings: DetailTransfer) {
    let window = GaussianWindow(sigma: settings.sigma)
    let (guide, target, real) = (FloatPlane(guide), FloatPlane(target), FloatPlane(real))
    (width, height) = (guide.width, guide.height)
    let maps = window.smoothed(Self.fit(guide, target, window: window, epsilon: Float(settings.epsilon)))
    let residual = window.smoothed(
      guide.mapped(channels: 2) { pixel, output in
        let error = guide.color(pixel) - real.color(pixel)
        let miss = Self.apply(maps, pixel, guide.color(pixel)) - target.color(pixel)
        output[0] = (miss * miss).sum() / 3
        output[1] = (error * error).sum() / 3
      })
    columns = (0..<width * height).map { pixel in
      let map = maps.samples[pixel * 12..<pixel * 12 + 12].map { $0 }
      let gain = map[0..<9].reduce(0) { $0 + $1 * $1 } / 3
      let expected = residual.samples[pixel * 2 + 1] * gain + Float(settings.epsilon)
      let excess = Double(residual.samples[pixel * 2] / expected) / settings.threshold
      let share = Float(1 - 1 / (1 + pow(excess, settings.steepness)))
      return Column(
        red: SIMD4(map[0], map[3], map[6], 0), green: SIMD4(map[1], map[4], map[7], 0), blue: SIMD4(map[2], map[5], map[8], 0),
        offset: SIMD4(map[9], map[10], map[11], share))
    }
  }

  /// `[height, width, 12]`: A row by row, then c.
  private static func fit(_ guide: FloatPlane, _ target: FloatPlane, window: GaussianWindow, epsilon: Float) -> FloatPlane {
    // Means of guide and target, of the guide's 6 products with itself and of the target's 9 with the guide.
    let moments = window.smoothed(
      guide.mapped(channels: 21) { pixel, output in
        let (g, t) = (guide.color(pixel), target.color(pixel))
        for channel in 0..<3 {
          output[channel] = g[channel]
          output[3 + channel] = t[channel]
          for other in 0..<3 { output[12 + channel * 3 + other] = t[channel] * g[other] }
        }
        for (index, (i, j)) in Self.symmetric.enumerated() { output[6 + index] = g[i] * g[j] }
      })
    return moments.mapped(channels: 12) { pixel, output in
      func moment(_ index: Int) -> Double { Double(moments.samples[pixel * 21 + index]) }
      var covariance = [Double](repeating: 0, count: 6)
      for (index, (i, j)) in Self.symmetric.enumerated() {
        covariance[index] = moment(6 + index) - moment(i) * moment(j) + (i == j ? Double(epsilon) : 0)
      }
      let inverse = Self.inverse(covariance)
      for row in 0..<3 {
        var offset = moment(3 + row)
        let cross = (0..<3).map { moment(12 + row * 3 + $0) - moment(3 + row) * moment($0) }
        for column in 0..<3 {
          let entry = (0..<3).reduce(0.0) { $0 + cross[$1] * inverse[column * 3 + $1] }
          output[row * 3 + column] = Float(entry)
          offset -= entry * moment(column)
        }
        output[9 + row] = Float(offset)
      }
    }
  }

  private static let symmetric = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]

  /// The inverse of a symmetric positive 3×3 matrix given by its upper triangle, row by row.
  private static func inverse(_ m: [Double]) -> [Double] {
    let (a, b, c, d, e, f) = (m[0], m[1], m[2], m[3], m[4], m[5])
    let (p, q, r) = (d * f - e * e, c * e - b * f, b * e - c * d)
    let scale = 1 / (a * p + b * q + c * r)
    let (s, t, u) = (a * f - c * c, b * c - a * e, a * d - b * b)
    return [p, q, r, q, s, t, r, t, u].map { $0 * scale }
  }

  private static func apply(_ maps: FloatPlane, _ pixel: Int, _ color: SIMD3<Float>) -> SIMD3<Float> {
    func entry(_ index: Int) -> Float { maps.samples[pixel * 12 + index] }
    return SIMD3(entry(0), entry(3), entry(6)) * color.x + SIMD3(entry(1), entry(4), entry(7)) * color.y
      + SIMD3(entry(2), entry(5), entry(8)) * color.z + SIMD3(entry(9), entry(10), entry(11))
  }
}
