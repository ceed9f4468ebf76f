import Foundation
import LoRWeBPictures

/// Pictures in, other sizes, and warps.
extension Raster {
  /// A square part of a picture brought to `side`, with antialiasing; alpha is left aside.
  init(_ picture: Picture, x: Int, y: Int, crop: Int, mirrored: Bool, side: Int) {
    let samples = picture.pixels
    let part = [Pixel](rows: crop, columns: crop) { row, column in
      let from = ((y + row) * picture.width + x + (mirrored ? crop - 1 - column : column)) * 3
      return .rgb(Float(samples[from]), Float(samples[from + 1]), Float(samples[from + 2])) / 255
    }
    self = Raster(side: crop, pixels: part).resized(to: side)
  }

  /// Another size by a triangle filter that is wide enough not to alias.
  func resized(to size: Int) -> Raster { resampled(to: size, isBox: false) }

  /// Means over an equal grid of `count`×`count` cells.
  func boxed(to count: Int) -> Raster { resampled(to: count, isBox: true) }

  private func resampled(to size: Int, isBox: Bool) -> Raster {
    if size == side { return self }
    let weights = AxisWeights(from: side, to: size, isBox: isBox)
    return Raster(side: size, pixels: weights.applied(to: weights.applied(to: pixels, rows: side), rows: size))
  }

  /// The pixel that covers a position.
  func cell(_ x: Float, _ y: Float) -> Pixel {
    pixels[min(side - 1, Int(y * Float(side))) * side + min(side - 1, Int(x * Float(side)))]
  }

  func blocks(side size: Int) -> Raster { Raster(side: size, cell) }

  /// The colour between pixels, positions in units of the side, mirrored outside.
  func sample(_ x: Float, _ y: Float) -> Pixel {
    func reflected(_ value: Float) -> Float {
      let wrapped = value - 2 * (value / 2).rounded(.down)
      return wrapped > 1 ? 2 - wrapped : wrapped
    }
    let last = Float(side - 1)
    let column = min(last, max(0, reflected(x) * Float(side) - 0.5))
    let row = min(last, max(0, reflected(y) * Float(side) - 0.5))
    let (left, top) = (Int(column), Int(row))
    let (right, bottom) = (min(left + 1, side - 1), min(top + 1, side - 1))
    let (u, v) = (column - Float(left), row - Float(top))
    let upper = pixels[top * side + left] * (1 - u) + pixels[top * side + right] * u
    let lower = pixels[bottom * side + left] * (1 - u) + pixels[bottom * side + right] * u
    return upper * (1 - v) + lower * v
  }

  func warped(_ source: (_ x: Float, _ y: Float) -> (Float, Float)) -> Raster {
    Raster(side: side) { x, y in
      let from = source(x, y)
      return sample(from.0, from.1)
    }
  }

  var mirrored: Raster {
    var result = self
    for row in 0..<side { result.pixels[row * side..<(row + 1) * side].reverse() }
    return result
  }

  var turnedHalf: Raster { Raster(side: side, pixels: pixels.reversed()) }
}

/// Which input pixels each output pixel of a row takes, and how much of each.
private struct AxisWeights {
  var starts: [Int] = []
  var weights: [[Float]] = []

  init(from: Int, to: Int, isBox: Bool) {
    let ratio = Float(from) / Float(to)
    let support = isBox ? ratio / 2 : max(1, ratio)
    for index in 0..<to {
      let center = (Float(index) + 0.5) * ratio
      let start = max(0, Int((center - support).rounded(.down)))
      let end = min(from, Int((center + support).rounded(.up)))
      let row: [Float] = (start..<max(start + 1, end)).map { input in
        if isBox { return max(0, min(Float(input + 1), center + support) - max(Float(input), center - support)) }
        return max(0, 1 - abs(Float(input) + 0.5 - center) / support)
      }
      let sum = row.reduce(0, +)
      starts.append(start)
      weights.append(sum > 0 ? row.map { $0 / sum } : row)
    }
  }

  /// Rows resampled, and the result turned over its diagonal, so that applying twice does both axes.
  func applied(to pixels: [Pixel], rows: Int) -> [Pixel] {
    let width = pixels.count / rows
    return Array(rows: starts.count, columns: rows) { column, line in
      let start = line * width + starts[column]
      var sum = Pixel.zero
      for (at, weight) in weights[column].enumerated() { sum += pixels[start + at] * weight }
      return sum
    }
  }
}
