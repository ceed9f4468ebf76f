/// A square field of numbers, mostly coverage in 0…1.
struct Mask: Sendable {
  let side: Int
  /// Rows from the top, `[side, side]`.
  var values: [Float]

  init(side: Int, filledWith value: Float = 0) { self.init(side: side, values: Array(repeating: value, count: side * side)) }

  init(side: Int, values: [Float]) { (self.side, self.values) = (side, values) }

  init(side: Int, _ value: (_ x: Float, _ y: Float) -> Float) { self.init(side: side, values: Array(side: side, value)) }

  var scale: Float { Float(side) / 128 }

  func map(_ change: (Float) -> Float) -> Mask { Mask(side: side, values: values.map(change)) }

  func mapAt(_ change: (_ value: Float, _ x: Float, _ y: Float) -> Float) -> Mask {
    var rest = values.makeIterator()
    return Mask(side: side) { x, y in rest.next().map { change($0, x, y) } ?? 0 }
  }

  func map(with other: Mask, _ change: (Float, Float) -> Float) -> Mask {
    Mask(side: side, values: zip(values, other.values).map { change($0, $1) })
  }

  var inverted: Mask { map { 1 - $0 } }

  var raster: Raster { Raster(side: side, pixels: values.map { Pixel.gray($0) }) }

  func colored(_ color: (Float) -> Pixel) -> Raster { Raster(side: side, pixels: values.map(color)) }

  var mean: Float { values.reduce(0, +) / Float(values.count) }

  func blurred(_ sigma: Float) -> Mask { raster.blurred(sigma).red }

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

  /// Pixels whose values are above ½, row by row.
  private var solid: [(row: Int, column: Int)] { values.indices.filter { values[$0] > 0.5 }.map { ($0 / side, $0 % side) } }

  /// Where the values are above ½: left, top, right and bottom edge in units of the side; nil if nowhere.
  var box: Box? {
    let solid = solid
    let columns = solid.map(\.column)
    guard let left = columns.min(), let right = columns.max() else { return nil }
    let step = 1 / Float(side)
    return Box(
      left: Float(left) * step, top: Float(solid[0].row) * step, right: Float(right + 1) * step,
      bottom: Float(solid[solid.count - 1].row + 1) * step)
  }

  /// The mean position, the middle of the picture if the field is empty.
  var centroid: SIMD2<Float> {
    var sum = SIMD2<Float>.zero
    var weight: Float = 0
    for (at, value) in values.enumerated() {
      sum += SIMD2(Float(at % side) + 0.5, Float(at / side) + 0.5) * value
      weight += value
    }
    return weight > 0 ? sum / (weight * Float(side)) : SIMD2(0.5, 0.5)
  }

  /// The middle and the width of the uppermost (or lowest) eighth of what is above ½, where a hat (or a shoe) goes.
  func extremity(atTop: Bool) -> (center: SIMD2<Float>, width: Float) {
    guard let box else { return (SIMD2(0.5, 0.5), 0.3) }
    let depth = max(2 / Float(side), 0.12 * (box.bottom - box.top))
    let band = atTop ? box.top..<box.top + depth : box.bottom - depth..<box.bottom
    let y = atTop ? box.top : box.bottom
    let xs = solid.filter { band.contains((Float($0.row) + 0.5) / Float(side)) }.map { (Float($0.column) + 0.5) / Float(side) }
    guard let left = xs.min(), let right = xs.max() else { return (SIMD2((box.left + box.right) / 2, y), 0.3) }
    return (SIMD2(xs.reduce(0, +) / Float(xs.count), y), right - left)
  }

  /// Edges in units of the side.
  struct Box: Sendable {
    var left, top, right, bottom: Float
  }
}
