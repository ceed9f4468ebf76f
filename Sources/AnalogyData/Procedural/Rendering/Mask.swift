/// A square field of numbers, mostly coverage in 0…1.
struct Mask: Sendable {
  let side: Int
  /// Rows from the top, `[side, side]`.
  var values: [Float]

  init(side: Int, filledWith value: Float = 0) {
    self.init(side: side, values: Array(repeating: value, count: side * side))
  }

  init(side: Int, values: [Float]) { (self.side, self.values) = (side, values) }

  init(side: Int, _ value: (_ x: Float, _ y: Float) -> Float) {
    self.side = side
    let step = 1 / Float(side)
    values = [Float](unsafeUninitializedCapacity: side * side) { buffer, filled in
      for row in 0..<side {
        let y = (Float(row) + 0.5) * step
        for column in 0..<side { buffer[row * side + column] = value((Float(column) + 0.5) * step, y) }
      }
      filled = side * side
    }
  }

  var scale: Float { Float(side) / 128 }

  func map(_ change: (Float) -> Float) -> Mask { Mask(side: side, values: values.map(change)) }

  func map(with other: Mask, _ change: (Float, Float) -> Float) -> Mask {
    Mask(side: side, values: zip(values, other.values).map { change($0, $1) })
  }

  var inverted: Mask { map { 1 - $0 } }

  var raster: Raster { Raster(side: side, pixels: values.map { Pixel.gray($0) }) }

  func colored(_ color: (Float) -> Pixel) -> Raster { Raster(side: side, pixels: values.map(color)) }

  var mean: Float { values.reduce(0, +) / Float(values.count) }

  func blurred(_ sigma: Float) -> Mask { Mask(side: side, values: raster.blurred(sigma).pixels.map { $0.x }) }

  /// The largest value within a disc of a radius in 128ths.
  func dilated(_ radius: Float) -> Mask {
    let reach = max(1, Int((radius * scale).rounded()))
    var result = self
    for dy in -reach...reach {
      let half = Int(Float(reach * reach - dy * dy).squareRoot())
      for row in max(0, -dy)..<min(side, side - dy) {
        for column in 0..<side where values[(row + dy) * side + column] > 0.02 {
          let value = values[(row + dy) * side + column]
          for at in row * side + max(0, column - half)...row * side + min(side - 1, column + half) {
            result.values[at] = max(result.values[at], value)
          }
        }
      }
    }
    return result
  }

  /// Where the values are above ½: left, top, right and bottom edge in units of the side; nil if nowhere.
  var box: Box? {
    var (left, top, right, bottom) = (side, side, -1, -1)
    for row in 0..<side {
      for column in 0..<side where values[row * side + column] > 0.5 {
        left = min(left, column)
        right = max(right, column)
        top = min(top, row)
        bottom = max(bottom, row)
      }
    }
    guard right >= 0 else { return nil }
    let step = 1 / Float(side)
    return Box(
      left: Float(left) * step, top: Float(top) * step, right: Float(right + 1) * step, bottom: Float(bottom + 1) * step)
  }

  /// The mean position, the middle of the picture if the field is empty.
  var centroid: SIMD2<Float> {
    var sum = SIMD2<Float>.zero
    var weight: Float = 0
    for row in 0..<side {
      for column in 0..<side {
        let value = values[row * side + column]
        sum += SIMD2(Float(column) + 0.5, Float(row) + 0.5) * value
        weight += value
      }
    }
    return weight > 0 ? sum / (weight * Float(side)) : SIMD2(0.5, 0.5)
  }

  /// The middle and the width of the uppermost (or lowest) eighth of what is above ½, where a hat (or a shoe) goes.
  func extremity(atTop: Bool) -> (center: SIMD2<Float>, width: Float) {
    guard let box else { return (SIMD2(0.5, 0.5), 0.3) }
    let depth = max(2 / Float(side), 0.12 * (box.bottom - box.top))
    let band = atTop ? box.top..<box.top + depth : box.bottom - depth..<box.bottom
    var (sum, count, left, right): (Float, Float, Float, Float) = (0, 0, 1, 0)
    for row in 0..<side where band.contains((Float(row) + 0.5) / Float(side)) {
      for column in 0..<side where values[row * side + column] > 0.5 {
        let x = (Float(column) + 0.5) / Float(side)
        sum += x
        count += 1
        left = min(left, x)
        right = max(right, x)
      }
    }
    guard count > 0 else { return (SIMD2((box.left + box.right) / 2, atTop ? box.top : box.bottom), 0.3) }
    return (SIMD2(sum / count, atTop ? box.top : box.bottom), right - left)
  }

  /// Edges in units of the side.
  struct Box: Sendable {
    var left, top, right, bottom: Float
  }
}
