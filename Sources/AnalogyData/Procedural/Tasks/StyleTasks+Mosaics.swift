import Foundation
import LoRWeBTorch

/// The styles of family B that cut the picture into pieces.
extension StyleTasks {
  static let mosaics: [ProceduralTask] = [
    .pixels("B7", "stained-glass", ["make it stained glass"]) { x, theta in x.stainedGlass(theta.numbers()) },
    .pixels("B15", "toy-bricks", ["build it of toy bricks"], .heldOut) { x, _ in x.toyBricks },
    .pixels("B16", "low-poly", ["make it of flat triangles"], .heldOut, floor: 0.015) { x, theta in
      x.triangulated(theta.numbers())
    },
    .pixels("B17", "pointillism", ["paint it in dots on cream"], .heldOut) { x, theta in x.pointillist(theta.numbers()) },
  ]
}

/// How far a position is from the middle of its cell in an equal grid, in sides of a cell.
func cellOffset(_ x: Float, _ y: Float, cells: Int) -> (x: Float, y: Float) {
  let (u, v) = (x * Float(cells), y * Float(cells))
  return (u - u.rounded(.down) - 0.5, v - v.rounded(.down) - 0.5)
}

extension Raster {
  /// Cells round jittered points, vivid, parted by black leading.
  fileprivate func stainedGlass(_ numbers: consuming SeededNumbers) -> Raster {
    let count = 13
    let sites = (0..<count * count).map { at -> SIMD2<Float> in
      (SIMD2(Float(at % count), Float(at / count)) + 0.1 + numbers.point() * 0.8) / Float(count)
    }
    var labels: [Int] = []
    let lead = Mask(side: side) { x, y in
      let (column, row) = (Int(x * Float(count)), Int(y * Float(count)))
      var (nearest, first, second) = (0, Float.infinity, Float.infinity)
      for cellRow in max(0, row - 2)...min(count - 1, row + 2) {
        for cell in cellRow * count + max(0, column - 2)...cellRow * count + min(count - 1, column + 2) {
          let offset = sites[cell] - SIMD2(x, y)
          let distance = (offset * offset).sum().squareRoot()
          if distance < first {
            (nearest, first, second) = (cell, distance, first)
          } else if distance < second {
            second = distance
          }
        }
      }
      labels.append(nearest)
      return (1.6 - (second - first) * 128 * 0.7).inUnitRange
    }
    let colors = means(of: labels, count: sites.count).map { (($0 ?? .zero).saturated(1.9) * 1.15).inUnitRange }
    return Raster(side: side, pixels: labels.map { colors[$0] }).mixed(with: .gray(0.04), by: lead)
  }

  /// Squares of one colour with a lit and shaded stud.
  fileprivate var toyBricks: Raster {
    let means = boxed(to: 16).map { ($0 * 6).rounded(.toNearestOrAwayFromZero) / 6 }
    return Raster(side: side) { x, y in
      let (dx, dy) = cellOffset(x, y, cells: means.side)
      let distance = (dx * dx + dy * dy).squareRoot()
      var light: Float = 1
      if abs(dx) > 0.44 || abs(dy) > 0.44 { light = 0.6 }
      if distance < 0.32 { light = 1.12 }
      if distance > 0.24, distance < 0.36 { light = 1 - 0.9 * (dx + dy) / max(distance, 0.01) * 0.5 }
      return (means.cell(x, y) * light + Pixel.gray(max(0, light - 1) * 0.3)).inUnitRange
    }
  }

  /// A jittered grid whose cells are cut along the shorter diagonal, each triangle in its mean colour.
  fileprivate func triangulated(_ numbers: consuming SeededNumbers) -> Raster {
    let count = 9
    let corners = (0..<(count + 1) * (count + 1)).map { at -> SIMD2<Float> in
      let grid = SIMD2(Float(at % (count + 1)), Float(at / (count + 1)))
      let jitter = (numbers.point() - 0.5) * 0.7
      let free = SIMD2<Float>(grid.x > 0 && grid.x < Float(count) ? 1 : 0, grid.y > 0 && grid.y < Float(count) ? 1 : 0)
      return (grid + jitter * free) / Float(count)
    }
    var labels = Array(repeating: 0, count: pixels.count)
    func paint(_ a: SIMD2<Float>, _ b: SIMD2<Float>, _ c: SIMD2<Float>, _ label: Int) {
      let (p, q, r) = (a * Float(side), b * Float(side), c * Float(side))
      func turn(_ from: SIMD2<Float>, _ to: SIMD2<Float>, _ at: SIMD2<Float>) -> Float {
        (to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x)
      }
      let low = pointwiseMin(p, pointwiseMin(q, r))
      let high = pointwiseMax(p, pointwiseMax(q, r))
      for row in Range(covering: low.y, high.y, of: side) {
        for column in Range(covering: low.x, high.x, of: side) {
          let at = SIMD2(Float(column) + 0.5, Float(row) + 0.5)
          let (u, v, w) = (turn(p, q, at), turn(q, r, at), turn(r, p, at))
          if (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0) { labels[row * side + column] = label }
        }
      }
    }
    for row in 0..<count {
      for column in 0..<count {
        let at = row * (count + 1) + column
        let (a, b, c, d) = (corners[at], corners[at + 1], corners[at + count + 1], corners[at + count + 2])
        let label = 2 * (row * count + column)
        let (falling, rising) = (a - d, b - c)
        let isFalling = (falling * falling).sum() < (rising * rising).sum()
        paint(a, b, isFalling ? d : c, label)
        paint(isFalling ? a : b, d, c, label + 1)
      }
    }
    let colors = means(of: labels, count: 2 * count * count)
    return Raster(side: side, pixels: labels.map { colors[$0] ?? .zero })
  }

  /// Dots of the local colour, made vivid, over one another on cream paper.
  fileprivate func pointillist(_ numbers: consuming SeededNumbers) -> Raster {
    var result = Raster(side: side, filledWith: .rgb(0.96, 0.92, 0.8))
    let soft = blurred(1)
    let radius = max(1, 2.1 * scale)
    let reach = Int(radius.rounded(.up))
    for _ in 0..<1500 {
      let point = numbers.point()
      let (row, column) = (min(side - 1, Int(point.y * Float(side))), min(side - 1, Int(point.x * Float(side))))
      let hue = numbers.between(-0.03, 0.03)
      let color = soft.pixels[row * side + column].saturated(1.7).hueShifted(by: hue)
      for y in max(0, row - reach)...min(side - 1, row + reach) {
        for x in max(0, column - reach)...min(side - 1, column + reach) {
          let (dx, dy) = (Float(x - column), Float(y - row))
          let cover = (radius - (dx * dx + dy * dy).squareRoot() + 0.5).inUnitRange
          result.pixels[y * side + x] = result.pixels[y * side + x].mixed(with: color, by: cover)
        }
      }
    }
    return result
  }
}
