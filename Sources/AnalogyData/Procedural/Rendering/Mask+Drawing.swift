import Foundation

/// Shapes with soft edges one pixel wide; positions and lengths in units of the side. What is drawn twice is covered once.
extension Mask {
  /// Raises the values in a box to what `coverage` gives at each pixel's centre, positions and distances in pixels.
  private mutating func raise(from low: SIMD2<Float>, to high: SIMD2<Float>, _ coverage: (SIMD2<Float>) -> Float) {
    for row in Range(covering: low.y, high.y, of: side) {
      for column in Range(covering: low.x, high.x, of: side) {
        let value = coverage(SIMD2(Float(column) + 0.5, Float(row) + 0.5))
        if value > values[row * side + column] { values[row * side + column] = min(1, value) }
      }
    }
  }

  mutating func addLine(from start: SIMD2<Float>, to end: SIMD2<Float>, width: Float, strength: Float = 1) {
    let (start, end) = (start * Float(side), end * Float(side))
    let half = max(0.5, width * Float(side) / 2)
    let way = end - start
    let length = max((way * way).sum(), 1e-6)
    raise(from: pointwiseMin(start, end) - half, to: pointwiseMax(start, end) + half) { point in
      let along = (((point - start) * way).sum() / length).inUnitRange
      let offset = point - (start + way * along)
      return (half + 0.5 - (offset * offset).sum().squareRoot()).inUnitRange * strength
    }
  }

  /// A disc whose edge fades over `softness`, at least a pixel.
  mutating func addDisc(at center: SIMD2<Float>, radius: Float, softness: Float = 0, strength: Float = 1) {
    let (center, radius) = (center * Float(side), radius * Float(side))
    let fade = max(1, softness * Float(side))
    raise(from: center - radius - fade, to: center + radius + fade) { point in
      let offset = point - center
      return ((radius - (offset * offset).sum().squareRoot()) / fade + 0.5).inUnitRange * strength
    }
  }

  mutating func addEllipse(at center: SIMD2<Float>, radii: SIMD2<Float>) {
    let (center, radii) = (center * Float(side), radii * Float(side))
    raise(from: center - radii, to: center + radii) { point in
      let offset = (point - center) / radii
      return ((1 - (offset * offset).sum().squareRoot()) * radii.min() + 0.5).inUnitRange
    }
  }

  mutating func addRectangle(left: Float, top: Float, right: Float, bottom: Float) {
    let (low, high) = (SIMD2(left, top) * Float(side), SIMD2(right, bottom) * Float(side))
    raise(from: low, to: high) { (pointwiseMin($0 - low, high - $0).min() + 0.5).inUnitRange }
  }

  /// A rectangle's four sides, drawn inwards.
  mutating func addFrame(_ box: Box, width: Float) {
    addRectangle(left: box.left, top: box.top, right: box.right, bottom: box.top + width)
    addRectangle(left: box.left, top: box.bottom - width, right: box.right, bottom: box.bottom)
    addRectangle(left: box.left, top: box.top, right: box.left + width, bottom: box.bottom)
    addRectangle(left: box.right - width, top: box.top, right: box.right, bottom: box.bottom)
  }

  mutating func addTriangle(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>) {
    let (a, b, c) = (a * Float(side), b * Float(side), c * Float(side))
    func distance(_ point: SIMD2<Float>, _ from: SIMD2<Float>, _ to: SIMD2<Float>) -> Float {
      let (way, offset) = (to - from, point - from)
      return (way.x * offset.y - way.y * offset.x) / max((way * way).sum().squareRoot(), 1e-6)
    }
    let turn: Float = distance(c, a, b) < 0 ? -1 : 1
    raise(from: pointwiseMin(a, pointwiseMin(b, c)), to: pointwiseMax(a, pointwiseMax(b, c))) { point in
      let inside = min(turn * distance(point, a, b), turn * distance(point, b, c), turn * distance(point, c, a))
      return (inside + 0.5).inUnitRange
    }
  }

  /// Shapes on an empty field.
  init(side: Int, drawing draw: (inout Mask) -> Void) {
    self.init(side: side)
    draw(&self)
  }

  /// A rounded rectangle over the whole picture, `margin` from its edges.
  static func roundedCard(side: Int, margin: Float, radius: Float) -> Mask {
    Mask(side: side) { x, y in
      let offset = SIMD2(abs(x - 0.5), abs(y - 0.5)) - (0.5 - margin - radius)
      let outside = pointwiseMax(offset, .zero)
      let distance = (outside * outside).sum().squareRoot() + min(offset.max(), 0)
      return ((radius - distance) * Float(side) + 0.5).inUnitRange
    }
  }

  /// The heart (u² + v² − 1)³ = u²v³ over the whole picture.
  static func heart(side: Int) -> Mask {
    Mask(side: side) { x, y in
      let (u, v) = ((x - 0.5) * 2.55, -(y - 0.53) * 2.55)
      let ring = u * u + v * v - 1
      return ring * ring * ring - u * u * v * v * v < 0 ? 1 : 0
    }.blurred(0.5)
  }
}
