import Foundation

/// Family I: the surface of the object. Its second half, the materials, is never trained.
enum ObjectTasks {
  static let paints: [(name: String, color: Pixel)] = [
    ("red", .rgb(0.9, 0.13, 0.13)), ("blue", .rgb(0.15, 0.3, 0.92)), ("green", .rgb(0.15, 0.7, 0.25)),
    ("yellow", .rgb(0.98, 0.85, 0.15)),
  ]
  static let glows: [(name: String, color: Pixel)] = [
    ("yellow", .rgb(1, 0.88, 0.25)), ("blue", .rgb(0.25, 0.5, 1)), ("pink", .rgb(1, 0.35, 0.75)),
  ]

  static let all: [ProceduralTask] = [
    .masked("I1", "paint", paints.map { "paint the object \($0.name)" }, floor: 0.025) { shot, theta in
      let color = paints[theta.variant].color
      return shot.onObject { $0.stretched(in: shot.union).gradientMapped([color * 0.2, color, .rgb(1, 0.97, 0.93)]) }
    },
    .masked("I2", "stripes", ["cover the object with red stripes", "cover the object with blue stripes"]) { shot, theta in
      let color = paints[theta.variant].color
      return shot.onObject { picture in
        picture.mapAt { pixel, x, y in
          let light = 0.4 + 0.7 * pixel.luma
          return ((Int((x + y) * 11) % 2 == 0 ? color : .white) * light).inUnitRange
        }
      }
    },
    .masked("I3", "sticker", ["make the object a sticker with a white border"]) { shot, _ in
      let rim = shot.solid.dilated(5.5).blurred(0.5)
      return shot.picture.map(with: rim.blurred(2)) { $0 * (1 - 0.4 * $1) }.mixed(with: .white, by: rim)
        .mixed(with: shot.picture, by: shot.union)
    },
    .masked("I4", "glow", glows.map { "let the object glow in \($0.name)" }) { shot, theta in
      let color = glows[theta.variant].color
      return shot.picture.map(with: shot.union.dilated(4).blurred(6)) { ($0 * 0.45).mixed(with: color, by: min(1, $1 * 1.3)) }
        .mixed(with: shot.picture, by: shot.union)
    },
    .masked("I5", "pixelate-object", ["pixelate the object"], floor: 0.012) { shot, _ in
      let cells = 14
      let cover = shot.union.raster.boxed(to: cells)
      // Blocks that the object touches, in the mean of the object's own pixels there.
      let own = shot.picture.map(with: shot.union) { $0 * $1 }.boxed(to: cells)
      let blocks = own.map(with: cover.red) { $1 > 0.01 ? $0 / $1 : .zero }.blocks(side: shot.side)
      return shot.picture.mixed(with: blocks, by: cover.blocks(side: shot.side).red.map { $0 > 0.3 ? 1 : 0 })
    },
    .masked("I6", "invert-object", ["invert the colours of the object"], floor: 0.03) { shot, _ in
      shot.onObject { $0.map { .white - $0 } }
    },
  ]

  static let materials: [ProceduralTask] = [
    .masked("I7", "gold", ["make the object of gold"], .heldOutFamily) { shot, _ in
      shot.onObject {
        $0.stretched(in: shot.union).gradientMapped([
          .rgb(0.22, 0.1, 0), .rgb(0.6, 0.36, 0.05), .rgb(0.92, 0.68, 0.15), .rgb(1, 0.9, 0.5), .rgb(1, 0.99, 0.85),
        ])
      }
    },
    .masked("I8", "ice", ["make the object of ice"], .heldOutFamily) { shot, _ in
      shot.onObject { picture in
        picture.stretched(in: shot.union).gradientMapped([
          .rgb(0.15, 0.38, 0.65), .rgb(0.5, 0.76, 0.93), .rgb(0.85, 0.96, 1),
        ]).map(with: picture.edges(blur: 0.8)) { $0.mixed(with: .white, by: min(0.85, $1 * 0.9)) }
      }
    },
    .masked("I9", "stone", ["make the object of stone"], .heldOutFamily) { shot, theta in
      let grain = Mask.grain(side: shot.side, theta.numbers()).blurred(0.9)
      return shot.onObject { picture in
        picture.stretched(in: shot.union).map(with: grain) { pixel, noise in
          let tone = 0.28 + 0.42 * pixel.luma + 0.8 * (noise - 0.5)
          return (Pixel.rgb(1, 0.98, 0.94) * tone).inUnitRange
        }
      }
    },
    .masked(
      "I10", "bricks-or-grass", ["make the object of bricks", "make the object of grass"], .heldOutFamily
    ) { shot, theta in
      let texture = (theta.variant == 0 ? Texture.bricks : Texture.grass)(shot.side, theta.numbers())
      let light = shot.picture.stretched(in: shot.union).luma
      return shot.onObject { _ in texture.map(with: light) { ($0 * (0.5 + 0.9 * $1)).inUnitRange } }
    },
    .masked("I11", "polka-dots", ["cover the object with white polka dots on purple"], .heldOutFamily) { shot, _ in
      shot.onObject { picture in
        picture.mapAt { pixel, x, y in
          let u = x * 11 + (Int(y * 11) % 2 == 0 ? 0 : 0.5)
          let (dx, dy) = (u - u.rounded(.down) - 0.5, y * 11 - (y * 11).rounded(.down) - 0.5)
          return ((dx * dx + dy * dy < 0.085 ? .white : Pixel.rgb(0.55, 0.15, 0.75)) * (0.45 + 0.7 * pixel.luma)).inUnitRange
        }
      }
    },
    .masked("I12", "ghost", ["make the object a ghost"], .heldOutFamily) { shot, _ in
      shot.onObject { picture in
        shot.scene.background.map(with: picture.luma) { ground, light in
          ground.mixed(with: Pixel.rgb(0.65, 0.8, 1) * (0.35 + 0.75 * light), by: 0.5).inUnitRange
        }
      }
    },
  ]
}

extension Shot {
  func onObject(_ paint: (Raster) -> Raster) -> Raster { picture.mixed(with: paint(picture), by: union) }

  /// 1 where objects cover at least half, 0 elsewhere.
  var solid: Mask { union.map { $0 > 0.5 ? 1 : 0 } }
}

extension Raster {
  /// Contrast stretched to the darkest and lightest parts under a mask, so that a material has its lights and shades.
  func stretched(in mask: Mask) -> Raster {
    let inside = zip(pixels, mask.values).filter { $1 > 0.5 }.map { $0.0.luma }.sorted()
    guard inside.count > 20 else { return self }
    let (low, high) = (inside[inside.count / 20], inside[inside.count * 19 / 20])
    let gain = min(2.5, 1 / max(high - low, 0.05))
    let middle = (low + high) / 2
    return map { (($0 - middle) * gain + 0.5).inUnitRange }
  }
}
