import Foundation

/// Family G: the background changes, the objects stay.
enum BackgroundTasks {
  static let studios: [(name: String, color: Pixel)] = [
    ("red", .rgb(0.85, 0.15, 0.15)), ("blue", .rgb(0.15, 0.3, 0.85)), ("green", .rgb(0.2, 0.65, 0.3)),
    ("yellow", .rgb(0.98, 0.85, 0.25)),
  ]
  static let checks: [(name: String, colors: (Pixel, Pixel))] = [
    ("black and white", (.gray(0.95), .gray(0.1))), ("red and cream", (.rgb(0.8, 0.12, 0.15), .rgb(1, 0.95, 0.82))),
  ]

  static let all: [ProceduralTask] = [
    .scene("G1", "place", ["put it in this place"], takesPlace: true) { shot, theta in
      shot.before(theta.place ?? shot.scene.background)
    },
    .scene("G2", "starry-night", ["put a starry night behind it"], glyphs: [.moon]) { shot, theta in
      shot.before(Backdrop.night(side: shot.side, theta))
    },
    .scene("G3", "sunset", ["put a sunset behind it"]) { shot, _ in shot.before(Backdrop.sunset(side: shot.side)) },
    .scene("G4", "studio", studios.map { "put it on a plain \($0.name) background" }) { shot, theta in
      shot.before(Raster(side: shot.side, filledWith: studios[theta.variant].color))
    },
    .scene("G5", "blur-background", ["blur the background"], floor: 0.012) { shot, _ in
      shot.before(shot.scene.background.blurred(4))
    },
    .scene("G6", "grey-background", ["make the background grey"]) { shot, _ in shot.before(shot.scene.background.luma.raster) },
    .scene("G7", "texture", ["put a brick wall behind it", "put grass behind it", "put gravel behind it"]) { shot, theta in
      let draw = [Texture.bricks, Texture.grass, Texture.gravel][theta.variant]
      return shot.before(draw(shot.side, theta.numbers()))
    },
    .scene("G8", "under-water", ["put it under water"]) { shot, _ in shot.before(Backdrop.water(side: shot.side)) },
    .scene("G9", "checkerboard", checks.map { "put a \($0.name) checkerboard behind it" }, .heldOut) { shot, theta in
      let (one, two) = checks[theta.variant].colors
      return shot.before(Raster(side: shot.side) { x, y in (Int(x * 8) + Int(y * 8)) % 2 == 0 ? one : two })
    },
    .scene("G10", "sunburst", ["put a sunburst behind it"], .heldOut) { shot, _ in
      shot.before(
        Raster(side: shot.side) { x, y in
          let wave = sin(atan2(y - 0.55, x - 0.5) * 12)
          return Pixel.rgb(1, 0.86, 0.3).mixed(with: .rgb(0.95, 0.4, 0.15), by: (wave * 6 + 0.5).inUnitRange)
        })
    },
    .scene("G11", "snow-field", ["put a snow field behind it"], .heldOut) { shot, _ in
      shot.before(
        Raster(side: shot.side) { x, y in
          let ridge = 0.55 + 0.03 * sin(x * 7) + 0.015 * sin(x * 17)
          return y < ridge
            ? Pixel.rgb(0.55, 0.73, 0.93).mixed(with: .rgb(0.82, 0.9, 0.98), by: y / ridge)
            : Pixel.rgb(0.9, 0.93, 0.99).mixed(with: .white, by: (y - ridge) * 2)
        })
    },
  ]
}

extension Shot {
  func before(_ background: Raster) -> Shot { rearranged { $0.background = background } }
}

enum Backdrop {
  static func night(side: Int, _ theta: Theta) -> Raster {
    var numbers = theta.numbers()
    return Raster(side: side) { _, y in .rgb(0.03 + 0.1 * y, 0.04 + 0.08 * y, 0.2 + 0.25 * y) }.painted(.white) { stars in
      for _ in 0..<70 {
        stars.addDisc(at: numbers.point(), radius: numbers.between(0.003, 0.009), strength: numbers.between(0.6, 1))
      }
    }.with(theta, .moon, at: SIMD2(0.85, 0.15), size: 0.22)
  }

  /// Violet to orange, and dark ground with the sun on it.
  static func sunset(side: Int) -> Raster {
    Raster(side: side) { x, y in
      if y > 0.68 { return .rgb(0.13, 0.07, 0.18) }
      let radius = ((x - 0.8) * (x - 0.8) + (y - 0.66) * (y - 0.66)).squareRoot()
      let place = y / 0.68
      return radius < 0.13 ? .rgb(1, 0.88, 0.4) : .rgb(0.3 + 0.7 * place, 0.12 + 0.45 * place, 0.5 - 0.3 * place)
    }
  }

  /// Blue-green, darker below, with rays of broken light.
  static func water(side: Int) -> Raster {
    Raster(side: side) { x, y in
      let caustics = max(0, sin(x * 30 + 3 * sin(y * 9)) * sin(y * 26 + 2 * sin(x * 11)))
      return (Pixel.rgb(0.1, 0.55, 0.7) * (1.15 - 0.8 * y) + Pixel.gray(0.22 * caustics * (1 - 0.7 * y))).inUnitRange
    }
  }
}
