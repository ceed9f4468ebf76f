import Foundation

/// Filters over neighbourhoods; lengths in 128ths of the side, borders repeat the last pixel.
extension Raster {
  func blurred(_ sigma: Float) -> Raster {
    let width = max(0.2, sigma * scale)
    let reach = max(1, Int((width * 2.8).rounded(.up)))
    let kernel = (-reach...reach).map { exp(-Float($0 * $0) / (2 * width * width)) }
    let sum = kernel.reduce(0, +)
    return convolvedBothWays(kernel.map { $0 / sum })
  }

  /// Means over squares of `size` whole pixels, centred if odd.
  func boxBlurred(_ size: Int) -> Raster { convolvedBothWays(Array(repeating: 1 / Float(size), count: size)) }

  private func convolvedBothWays(_ kernel: [Float]) -> Raster { convolved(kernel).transposed.convolved(kernel).transposed }

  var transposed: Raster {
    Raster(side: side, pixels: Array(rows: side, columns: side) { pixels[$1 * side + $0] })
  }

  private func convolved(_ kernel: [Float]) -> Raster {
    let reach = kernel.count / 2
    var result = self
    var line = [Pixel](repeating: .zero, count: side + kernel.count)
    result.pixels.withUnsafeMutableBufferPointer { to in
      pixels.withUnsafeBufferPointer { from in
        line.withUnsafeMutableBufferPointer { line in
          for row in 0..<side {
            for at in line.indices { line[at] = from[row * side + min(max(at - reach, 0), side - 1)] }
            for column in 0..<side {
              var sum = Pixel.zero
              for at in kernel.indices { sum += line[column + at] * kernel[at] }
              to[row * side + column] = sum
            }
          }
        }
      }
    }
    return result
  }

  /// Edge strength: the magnitude of Sobel's gradient of the luma, blurred before.
  func edges(blur: Float = 0.7) -> Mask {
    let (dx, dy) = gradient(blur: blur)
    return dx.map(with: dy) { ($0 * $0 + $1 * $1).squareRoot() }
  }

  /// Sobel's horizontal and vertical gradient of the luma.
  func gradient(blur: Float) -> (dx: Mask, dy: Mask) {
    let gray = luma.blurred(blur).values
    func sum(_ one: Int, _ middle: Int, _ other: Int) -> Float { gray[one] + 2 * gray[middle] + gray[other] }
    let gradients = [SIMD2<Float>](rows: side, columns: side) { row, column in
      let (up, here, down) = (max(0, row - 1) * side, row * side, min(side - 1, row + 1) * side)
      let (left, right) = (max(0, column - 1), min(side - 1, column + 1))
      return SIMD2(
        sum(up + right, here + right, down + right) - sum(up + left, here + left, down + left),
        sum(down + left, down + column, down + right) - sum(up + left, up + column, up + right))
    }
    return (Mask(side: side, values: gradients.map { $0.x }), Mask(side: side, values: gradients.map { $0.y }))
  }

  /// Kuwahara's filter: the mean of that one of four quarters of a window that varies least, which makes brush strokes.
  func kuwahara(_ radius: Float) -> Raster {
    let reach = whole(radius)
    let means = boxBlurred(reach + 1)
    let squares = map { $0 * $0 }.boxBlurred(reach + 1)
    let step = max(1, (reach + 1) / 2)
    var result = self
    for row in 0..<side {
      let rows = [max(0, row - step), min(side - 1, row + step)]
      for column in 0..<side {
        var least = Float.infinity
        for y in rows {
          for x in [max(0, column - step), min(side - 1, column + step)] {
            let mean = means.pixels[y * side + x]
            let variance = (squares.pixels[y * side + x] - mean * mean).sum()
            if variance < least { (least, result.pixels[row * side + column]) = (variance, mean) }
          }
        }
      }
    }
    return result
  }

  /// Smooths within edges: neighbours weigh less the more their colour differs.
  func bilateral(radius: Float, tolerance: Float) -> Raster {
    let reach = whole(radius)
    let sharpness = 1 / (tolerance * tolerance)
    var result = self
    for row in 0..<side {
      for column in 0..<side {
        var (sum, weight) = (Pixel.zero, Float(0))
        for y in max(0, row - reach)...min(side - 1, row + reach) {
          for other in pixels[y * side + max(0, column - reach)...y * side + min(side - 1, column + reach)] {
            let closeness = 1 / (1 + other.squaredDistance(to: pixels[row * side + column]) * sharpness)
            sum += other * (closeness * closeness)
            weight += closeness * closeness
          }
        }
        result.pixels[row * side + column] = sum / weight
      }
    }
    return result
  }
}
