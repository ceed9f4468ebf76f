import LoRWeBPictures

/// A square picture in floats, what tasks paint on.
///
/// Positions are in units of the side, (0, 0) the upper left corner; lengths given as "128ths" are multiplied by `scale`, so that a
/// task looks the same at every size.
struct Raster: Sendable {
  let side: Int
  /// Rows from the top, `[side, side]`.
  var pixels: [Pixel]

  init(side: Int, filledWith color: Pixel) {
    self.init(side: side, pixels: Array(repeating: color, count: side * side))
  }

  init(side: Int, pixels: [Pixel]) { (self.side, self.pixels) = (side, pixels) }

  /// A raster from the colour at each pixel's centre.
  init(side: Int, _ color: (_ x: Float, _ y: Float) -> Pixel) {
    self.side = side
    let step = 1 / Float(side)
    pixels = [Pixel](unsafeUninitializedCapacity: side * side) { buffer, filled in
      for row in 0..<side {
        let y = (Float(row) + 0.5) * step
        for column in 0..<side { buffer[row * side + column] = color((Float(column) + 0.5) * step, y) }
      }
      filled = side * side
    }
  }

  /// Pixels in a 128th of the side.
  var scale: Float { Float(side) / 128 }

  /// A whole number of pixels nearest to so many 128ths, at least `least`.
  func whole(_ length: Float, least: Int = 1) -> Int { max(least, Int((length * scale).rounded())) }

  func map(_ change: (Pixel) -> Pixel) -> Raster { Raster(side: side, pixels: pixels.map(change)) }

  func mapAt(_ change: (_ pixel: Pixel, _ x: Float, _ y: Float) -> Pixel) -> Raster {
    let step = 1 / Float(side)
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { buffer in
      for row in 0..<side {
        let y = (Float(row) + 0.5) * step
        for column in 0..<side {
          let at = row * side + column
          buffer[at] = change(buffer[at], (Float(column) + 0.5) * step, y)
        }
      }
    }
    return result
  }

  func map(with mask: Mask, _ change: (Pixel, Float) -> Pixel) -> Raster {
    Raster(side: side, pixels: zip(pixels, mask.values).map { change($0, $1) })
  }

  /// `other` where the mask is 1, this where it is 0.
  func mixed(with other: Raster, by mask: Mask) -> Raster {
    var result = self
    result.pixels.withUnsafeMutableBufferPointer { buffer in
      for at in buffer.indices { buffer[at] += (other.pixels[at] - buffer[at]) * mask.values[at] }
    }
    return result
  }

  func mixed(with color: Pixel, by mask: Mask) -> Raster { map(with: mask) { $0.mixed(with: color, by: $1) } }

  var inUnitRange: Raster { map(\.inUnitRange) }

  var luma: Mask { Mask(side: side, values: pixels.map(\.luma)) }

  var mean: Pixel { pixels.reduce(.zero, +) / Float(pixels.count) }

  /// Mean over pixels and channels of the absolute difference.
  func meanDifference(from other: Raster) -> Float {
    var sum = Pixel.zero
    pixels.withUnsafeBufferPointer { here in
      other.pixels.withUnsafeBufferPointer { there in
        for at in here.indices {
          let difference = here[at] - there[at]
          sum += difference.replacing(with: -difference, where: difference .< 0)
        }
      }
    }
    return (sum.x + sum.y + sum.z) / Float(pixels.count * 3)
  }

  /// The 8-bit picture, rounded to the nearest level.
  func picture() throws -> Picture {
    let samples = [UInt8](unsafeUninitializedCapacity: pixels.count * 3) { buffer, filled in
      pixels.withUnsafeBufferPointer { from in
        for at in from.indices {
          let levels = from[at].inUnitRange * 255 + 0.5
          buffer[at * 3] = UInt8(levels.x)
          buffer[at * 3 + 1] = UInt8(levels.y)
          buffer[at * 3 + 2] = UInt8(levels.z)
        }
      }
      filled = pixels.count * 3
    }
    return try Picture(width: side, height: side, pixels: samples)
  }
}
