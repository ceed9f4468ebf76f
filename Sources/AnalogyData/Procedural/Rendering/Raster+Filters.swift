import Foundation

/// Filters over neighbourhoods; lengths in 128ths of the side, borders repeat the last pixel.
extension Raster {
  func blurred(_ sigma: Float) -> Raster {
    let width = max(0.2, sigma * scale)
    let reach = max(1, Int((width * 2.8).rounded(.up)))
    var kernel = (-reach...reach).map { exp(-Float($0 * $0) / (2 * width * width)) }
    let sum = kernel.reduce(0, +)
    kernel = kernel.map { $0 / sum }
    return convolved(kernel).transposed.convolved(kernel).transposed
  }

  /// Means over squares of `size` whole pixels, centred if odd.
  func boxBlurred(_ size: Int) -> Raster {
    let kernel = Array(repeating: 1 / Float(size), count: size)
    return convolved(kernel).transposed.convolved(kernel).transposed
  }

  var transposed: Raster {
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { to in
      pixels.withUnsafeBufferPointer { from in
        for row in 0..<side { for column in 0..<side { to[column * side + row] = from[row * side + column] } }
      }
    }
    return result
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
    let gray = luma.blurred(blur)
    var (dx, dy) = (Mask(side: side), Mask(side: side))
    gray.values.withUnsafeBufferPointer { values in
      for row in 0..<side {
        let (up, down) = (max(0, row - 1) * side, min(side - 1, row + 1) * side)
        for column in 0..<side {
          let (left, right) = (max(0, column - 1), min(side - 1, column + 1))
          let here = row * side
          let at = here + column
          let rightSum = values[up + right] + 2 * values[here + right] + values[down + right]
          let leftSum = values[up + left] + 2 * values[here + left] + values[down + left]
          let lowerSum = values[down + left] + 2 * values[down + column] + values[down + right]
          let upperSum = values[up + left] + 2 * values[up + column] + values[up + right]
          dx.values[at] = rightSum - leftSum
          dy.values[at] = lowerSum - upperSum
        }
      }
    }
    return (dx, dy)
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
            if variance < least {
              least = variance
              result.pixels[row * side + column] = mean
            }
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
    result.pixels.withUnsafeMutableBufferPointer { to in
      pixels.withUnsafeBufferPointer { from in
        for row in 0..<side {
          for column in 0..<side {
            let here = from[row * side + column]
            var sum = Pixel.zero
            var weight: Float = 0
            for y in max(0, row - reach)...min(side - 1, row + reach) {
              for x in max(0, column - reach)...min(side - 1, column + reach) {
                let other = from[y * side + x]
                let difference = other - here
                let closeness = 1 / (1 + (difference * difference).sum() * sharpness)
                sum += other * (closeness * closeness)
                weight += closeness * closeness
              }
            }
            to[row * side + column] = sum / weight
          }
        }
      }
    }
    return result
  }
}
