import Foundation
import LoRWeBTorch

/// Family J: weather and light.
enum WeatherTasks {
  static let all: [ProceduralTask] = [
    .pixels("J1", "rain", ["let it rain"]) { x, theta in x.rainy(theta) },
    .pixels("J2", "snowfall", ["let it snow"]) { x, theta in
      var numbers = theta.numbers(2)
      return x.map { $0 * 0.8 + Pixel.gray(0.13) }.painted(.white) { flakes in
        for _ in 0..<150 { flakes.addDisc(at: numbers.point(), radius: numbers.between(0.006, 0.018)) }
      }
    },
    .pixels("J3", "fog", ["add fog"]) { x, _ in
      x.mapAt { pixel, _, y in pixel.mixed(with: .rgb(0.86, 0.88, 0.9), by: 0.9 - 0.45 * y) }
    },
    .pixels("J4", "night", ["make it night"], floor: 0.03) { x, _ in
      x.mapAt { pixel, _, y in pixel.saturated(0.5) * .rgb(0.3, 0.37, 0.68) * (1 - 0.25 * y) }
    },
    .pixels("J5", "golden-hour", ["give it golden light from the left"]) { x, _ in
      x.mapAt { pixel, u, _ in (pixel * 0.82 + Pixel.rgb(0.5, 0.28, 0.02) * (1 - u)).inUnitRange }
    },
    .masked("J6", "spotlight", ["put a spotlight on it"], need: .one) { shot, _ in
      let center = shot.union.centroid
      return shot.picture.mapAt { pixel, x, y in
        let (dx, dy) = (x - center.x, y - center.y)
        return (pixel * (0.1 + 1.1 * exp(-(dx * dx + dy * dy) / 0.07))).inUnitRange
      }
    },
    .pixels("J7", "party-lights", ["light it in magenta and cyan"]) { x, _ in
      x.mapAt { pixel, u, _ in
        let light = Pixel.rgb(1.5, 0.25, 1).mixed(with: .rgb(0.2, 1, 1.5), by: u)
        return ((pixel * 0.9 + Pixel.gray(0.08)) * light).inUnitRange
      }
    },
    .pixels("J8", "sun-rays", ["add sun rays from the top left corner"]) { x, _ in
      x.mapAt { pixel, u, v in
        let angle = atan2(v + 0.08, u + 0.08)
        let radius = (u * u + v * v).squareRoot()
        let wave = max(0, sin(angle * 16))
        return (pixel * 0.88 + Pixel.rgb(0.75, 0.66, 0.35) * (wave * wave * max(0, 1.1 - 0.65 * radius))).inUnitRange
      }
    },
    .pixels("J9", "light-from-left", ["light it from the left"], floor: 0.04) { x, _ in
      x.mapAt { pixel, u, _ in (pixel * (1.7 - 1.55 * u)).inUnitRange }
    },
    .pixels("J10", "falling-leaves", ["let leaves fall"], .heldOut, glyphs: [.mapleLeaf, .fallenLeaf]) { x, theta in
      var numbers = theta.numbers(10)
      return (0..<12).reduce(x) { picture, index in
        // One leaf to each cell of a 4×3 grid.
        let cell = SIMD2(Float(index % 4), Float(index / 4))
        let at = (cell + 0.15 + numbers.point() * 0.7) / SIMD2<Float>(4, 3)
        return picture.with(
          theta, index % 2 == 0 ? .mapleLeaf : .fallenLeaf, at: at, size: numbers.between(0.14, 0.2),
          rotation: numbers.between(-.pi, .pi))
      }
    },
    .pixels("J11", "blind-shadow", ["lay a window-blind shadow over it"], .heldOut) { x, _ in
      x.mapAt { pixel, u, v in
        let shade = (sin((v + 0.35 * u) * 2 * .pi * 7) * 2.2 + 0.6).inUnitRange
        return (pixel * .rgb(1.08, 1.03, 0.9)).mixed(with: pixel * 0.3, by: shade).inUnitRange
      }
    },
    .pixels("J12", "thunderstorm", ["make it a thunderstorm"], .heldOut, floor: 0.03) { x, theta in
      var numbers = theta.numbers(12)
      var bolt = Mask(side: x.side)
      var point = SIMD2<Float>(numbers.between(0.35, 0.65), 0)
      for _ in 0..<6 {
        let next = SIMD2(min(0.9, max(0.1, point.x + numbers.between(-0.14, 0.14))), point.y + numbers.between(0.09, 0.14))
        bolt.addLine(from: point, to: next, width: 0.022)
        if numbers.unit() < 0.5 {
          bolt.addLine(from: next, to: next + SIMD2(numbers.between(-0.15, 0.15), 0.11), width: 0.012, strength: 0.9)
        }
        point = next
      }
      let glow = bolt.blurred(5)
      return x.map { $0.saturated(0.35) * .rgb(0.34, 0.36, 0.46) }
        .map(with: glow) { ($0 + Pixel.rgb(0.5, 0.55, 0.9) * $1).inUnitRange }.mixed(with: .rgb(1, 1, 0.92), by: bolt)
    },
    .pixels("J13", "bokeh", ["add soft bokeh lights"], .heldOut) { x, theta in
      var numbers = theta.numbers(13)
      var result = x
      for _ in 0..<25 {
        let color = Pixel.hue(numbers.between(0.02, 0.16)).mixed(with: .white, by: 0.35)
        let disc = Mask(side: x.side) {
          $0.addDisc(at: numbers.point(), radius: numbers.between(0.035, 0.085), softness: 0.02, strength: 0.55)
        }
        result = result.map(with: disc) { $1 > 0 ? ($0 + color * $1).inUnitRange : $0 }
      }
      return result
    },
  ]
}

extension Raster {
  /// Slanted streaks on a darkened picture.
  func rainy(_ theta: Theta) -> Raster {
    var numbers = theta.numbers(1)
    return map { $0 * 0.72 + Pixel.gray(0.06) }.painted(.rgb(0.93, 0.96, 1)) { streaks in
      for _ in 0..<95 {
        let start = SIMD2(numbers.between(0, 1.1), numbers.between(-0.1, 1))
        let end = start + SIMD2(-0.045, 0.13) * numbers.between(0.8, 1.2)
        streaks.addLine(from: start, to: end, width: 0.009, strength: numbers.between(0.55, 0.9))
      }
    }
  }
}

extension Shot {
  /// Fog that is denser at the top and thinner before the objects.
  var fogged: Raster {
    let fog = Mask(side: side) { _, y in 0.85 - 0.4 * y }.map(with: union) { $0 * (1 - 0.3 * $1) }
    return picture.mixed(with: .rgb(0.86, 0.88, 0.9), by: fog)
  }
}
