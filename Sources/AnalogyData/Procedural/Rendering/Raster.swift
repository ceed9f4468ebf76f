import LoRWeBPictures

/// A square picture in floats, what tasks paint on.
///
/// Positions are in units of the side, (0, 0) the upper left corner; lengths given as "128ths" are multiplied by `scale`, so that a
/// task looks the same at every size.
struct Raster: Sendable {
  let side: Int
  /// Rows from the top, `[side, side]`.
  var pixels: [Pixel]

  init(side: Int, filledWith color: Pixel) { self.init(side: side, pixels: Array(repeating: color, count: side * side)) }

  init(side: Int, pixels: [Pixel]) { (self.side, self.pixels) = (side, pixels) }

  /// A raster from the colour at each pixel's centre.
  init(side: Int, _ color: (_ x: Float, _ y: Float) -> Pixel) { self.init(side: side, pixels: Array(side: side, color)) }

  /// Pixels in a 128th of the side.
  var scale: Float { Float(side) / 128 }

  /// A whole number of pixels nearest to so many 128ths, at least 1.
  func whole(_ length: Float) -> Int { max(1, Int((length * scale).rounded())) }

  func map(_ change: (Pixel) -> Pixel) -> Raster { Raster(side: side, pixels: pixels.map(change)) }

  func mapAt(_ change: (_ pixel: Pixel, _ x: Float, _ y: Float) -> Pixel) -> Raster {
    var rest = pixels.makeIterator()
    return Raster(side: side) { x, y in rest.next().map { change($0, x, y) } ?? .zero }
  }

  func map(with mask: Mask, _ change: (Pixel, Float) -> Pixel) -> Raster {
    Raster(side: side, pixels: zip(pixels, mask.values).map { change($0, $1) })
  }

  /// `other` where the mask is 1, this where it is 0.
  func mixed(with other: Raster, by mask: Mask) -> Raster {
    Raster(side: side, pixels: pixels.indices.map { pixels[$0].mixed(with: other.pixels[$0], by: mask.values[$0]) })
  }

  func mixed(with color: Pixel, by mask: Mask) -> Raster { map(with: mask) { $0.mixed(with: color, by: $1) } }

  /// Shapes laid on the picture in a colour.
  func painted(_ color: Pixel, _ draw: (inout Mask) -> Void) -> Raster {
    mixed(with: color, by: Mask(side: side, drawing: draw))
  }

  var inUnitRange: Raster { map(\.inUnitRange) }

  var red: Mask { Mask(side: side, values: pixels.map { $0.x }) }

  var luma: Mask { Mask(side: side, values: pixels.map(\.luma)) }

  /// Mean over pixels and channels of the absolute difference.
  func meanDifference(from other: Raster) -> Float {
    var sum = Pixel.zero
    for (here, there) in zip(pixels, other.pixels) {
      let difference = here - there
      sum += difference.replacing(with: -difference, where: difference .< 0)
    }
    return (sum.x + sum.y + sum.z) / Float(pixels.count * 3)
  }

  /// The 8-bit picture, rounded to the nearest level.
  func picture() throws -> Picture {
    var samples = [UInt8](repeating: 0, count: pixels.count * 3)
    for at in pixels.indices {
      let levels = pixels[at].inUnitRange * 255 + 0.5
      for channel in 0..<3 { samples[at * 3 + channel] = UInt8(levels[channel]) }
    }
    return try Picture(width: side, height: side, pixels: samples)
  }
}

extension Array {
  /// Elements row by row, written where they will lie: most of what tasks do goes through this.
  init(rows: Int, columns: Int, _ element: (_ row: Int, _ column: Int) -> Element) {
    self.init(unsafeUninitializedCapacity: rows * columns) { buffer, filled in
      for row in 0..<rows {
        for column in 0..<columns { buffer.initializeElement(at: row * columns + column, to: element(row, column)) }
      }
      filled = rows * columns
    }
  }

  /// A square's elements from the position of each pixel's centre.
  init(side: Int, _ element: (_ x: Float, _ y: Float) -> Element) {
    let step = 1 / Float(side)
    self.init(rows: side, columns: side) { element((Float($1) + 0.5) * step, (Float($0) + 0.5) * step) }
  }
}
