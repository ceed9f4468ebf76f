import Foundation
import LoRWeBTorch

/// Surfaces drawn by chance.
enum Texture {
  static func bricks(side: Int, _ numbers: consuming SeededNumbers) -> Raster {
    let shades = (0..<128).map { _ in numbers.between(0.75, 1.1) }
    return Raster(side: side) { x, y in
      let course = Int(y * 10)
      let along = x * 5 + (course % 2 == 0 ? 0 : 0.5)
      let (u, v) = (along - along.rounded(.down), y * 10 - Float(course))
      if u < 0.07 || v < 0.13 { return .rgb(0.78, 0.74, 0.68) }
      return Pixel.rgb(0.68, 0.27, 0.2) * shades[(course * 7 + Int(along)) % 128]
    }.map { ($0 * (1 + numbers.between(-0.06, 0.06) * 2)).inUnitRange }
  }

  static func grass(side: Int, _ numbers: consuming SeededNumbers) -> Raster {
    var blades = Mask(side: side, filledWith: 0.2)
    for _ in 0..<420 {
      let foot = numbers.point() * 1.1
      let way = SIMD2(numbers.between(-0.04, 0.04), numbers.between(-0.14, -0.05))
      blades.addLine(from: foot, to: foot + way, width: 0.012, strength: numbers.between(0.3, 1))
    }
    return blades.colored { Pixel.rgb(0.05, 0.2, 0.03).mixed(with: .rgb(0.55, 0.85, 0.25), by: $0) }
  }

  static func gravel(side: Int, _ numbers: consuming SeededNumbers) -> Raster {
    var result = Raster(side: side, filledWith: .rgb(0.28, 0.26, 0.24))
    for _ in 0..<300 {
      let center = numbers.point()
      let radii = SIMD2(numbers.between(0.02, 0.045), numbers.between(0.02, 0.04))
      let stone = Mask(side: side) { $0.addEllipse(at: center, radii: radii) }
      let color = Pixel.rgb(0.8, 0.77, 0.72) * numbers.between(0.5, 1.1)
      let (low, high) = ((center - radii) * Float(side), (center + radii) * Float(side))
      for row in Range(covering: low.y, high.y, of: side) {
        for column in Range(covering: low.x, high.x, of: side) {
          let at = row * side + column
          let lit = 1.15 - 0.5 * ((Float(row) / Float(side) - center.y) / radii.y + 1) / 2
          result.pixels[at] = result.pixels[at].mixed(with: (color * lit).inUnitRange, by: stone.values[at])
        }
      }
    }
    return result
  }
}
