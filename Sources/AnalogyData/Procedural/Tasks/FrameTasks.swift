import Foundation

/// Family K: frames and crops.
enum FrameTasks {
  static let frames: [(name: String, color: Pixel)] = [
    ("red", .rgb(0.85, 0.12, 0.12)), ("blue", .rgb(0.12, 0.28, 0.85)), ("green", .rgb(0.1, 0.55, 0.22)),
    ("golden", .rgb(0.9, 0.72, 0.2)),
  ]
  static let grounds: [(name: String, color: Pixel)] = [
    ("pink", .rgb(0.98, 0.7, 0.8)), ("black", .gray(0.03)), ("blue", .rgb(0.15, 0.3, 0.85)),
  ]

  static let all: [ProceduralTask] = [
    .pixels("K1", "polaroid", ["make it a polaroid"]) { x, _ in
      Raster(side: x.side) { u, v in
        let (inX, inY) = ((u - 0.09) / 0.82, (v - 0.06) / 0.76)
        return inX > 0 && inX < 1 && inY > 0 && inY < 1 ? x.sample(inX, inY) : .rgb(0.98, 0.97, 0.94)
      }
    },
    .pixels("K2", "frame", frames.map { "put a \($0.name) frame around it" }) { x, theta in
      x.painted(frames[theta.variant].color) { $0.addFrame(Mask.Box(left: 0, top: 0, right: 1, bottom: 1), width: 0.085) }
    },
    .pixels("K3", "round-crop", grounds.map { "crop it to a circle on \($0.name)" }) { x, theta in
      let disc = Mask(side: x.side) { $0.addDisc(at: SIMD2(0.5, 0.5), radius: 0.46) }
      return x.mixed(with: grounds[theta.variant].color, by: disc.inverted)
    },
    .pixels("K4", "cinema-bars", ["add cinema bars"]) { x, _ in
      x.mapAt { pixel, _, v in v < 0.17 || v > 0.83 ? .zero : pixel }
    },
    .pixels("K7", "collage", ["make a collage of four copies"], floor: 0.04) { x, _ in
      let half = x.resized(to: max(16, x.side / 2))
      let size = half.side
      return Raster(
        side: x.side, pixels: x.pixels.indices.map { half.pixels[$0 / x.side % size * size + $0 % x.side % size] })
    },
    .pixels("K9", "film-strip", ["make it a frame of a film strip"]) { x, _ in
      var (border, holes) = (Mask(side: x.side), Mask(side: x.side))
      for left in [Float(0), 0.85] {
        border.addRectangle(left: left, top: -0.1, right: left + 0.15, bottom: 1.1)
        for hole in 0..<8 {
          let y = (Float(hole) + 0.5) / 8
          holes.addRectangle(left: left + 0.04, top: y - 0.033, right: left + 0.11, bottom: y + 0.033)
        }
      }
      return x.mixed(with: .gray(0.05), by: border).mixed(with: .gray(0.94), by: holes)
    },
    .pixels("K10", "rounded-corners", ["round its corners on white"]) { x, _ in
      x.mixed(with: .white, by: Mask.roundedCard(side: x.side, margin: 0.03, radius: 0.24).inverted)
    },
    .pixels("K13", "heart-crop", ["crop it to a heart on pink"], .heldOut) { x, _ in
      x.mixed(with: .rgb(0.98, 0.6, 0.75), by: Mask.heart(side: x.side).inverted)
    },
  ]

  static let captions = ["WOW", "HELLO", "LOVE", "YES"]
  static let badges: [(name: String, glyph: Glyph)] = [("star", .star), ("smile", .smile), ("fire", .fire)]

  static let overlays: [ProceduralTask] = [
    .pixels("K5", "caption", captions.map { "write \($0) below" }) { x, theta in
      let word = captions[theta.variant]
      let height = min(Float(0.16), 0.9 / Float(word.count * DotFont.pitch - 1) * Float(DotFont.height))
      return x.mapAt { pixel, _, v in v > 0.76 ? .gray(0.02) : pixel }
        .mixed(with: .rgb(1, 0.9, 0.15), by: .word(word, side: x.side, center: SIMD2(0.5, 0.88), height: height))
    },
    .pixels("K6", "grid", ["draw a white grid over it"]) { x, _ in
      // At least the two pixels on either side of the line.
      let half = max(1 / Float(128), 0.6 / Float(x.side))
      return x.mapAt { pixel, u, v in
        func isLine(_ place: Float) -> Bool {
          let line = (place * 8).rounded() / 8
          return line > 0 && line < 1 && abs(place - line) < half
        }
        return isLine(u) || isLine(v) ? .white : pixel
      }
    },
    .pixels("K8", "hearts", ["put hearts everywhere"], glyphs: [.heart]) { x, theta in
      var numbers = theta.numbers(8)
      return (0..<9).reduce(x) { picture, index in
        let cell = SIMD2(Float(index % 3), Float(index / 3))
        let at = (cell + 0.2 + numbers.point() * 0.6) / 3
        return picture.with(theta, .heart, at: at, size: numbers.between(0.15, 0.25))
      }
    },
    .pixels(
      "K11", "badge", badges.map { "put a \($0.name) in the bottom right corner" }, floor: 0.012, glyphs: badges.map(\.glyph)
    ) { x, theta in x.with(theta, badges[theta.variant].glyph, at: SIMD2(0.83, 0.83), size: 0.32) },
    .masked("K12", "target", ["put a target cross on it"], need: .one, floor: 0.012) { shot, _ in
      let center = shot.union.centroid
      return shot.picture.painted(.rgb(0.95, 0.05, 0.1)) { cross in
        cross = ring(side: shot.side, center, 0.24).map(with: ring(side: shot.side, center, 0.13), max)
        for arm in [SIMD2<Float>(0.32, 0), SIMD2(0, 0.32)] { cross.addLine(from: center - arm, to: center + arm, width: 0.024) }
      }
    },
    .pixels("K14", "sale-stamp", ["stamp SALE across it"], .heldOut) { x, _ in
      let angle: Float = -0.5
      return x.mapAt { pixel, u, v in
        abs((v - 0.5) * cos(angle) - (u - 0.5) * sin(angle)) < 0.17 ? .rgb(0.85, 0.08, 0.1) : pixel
      }.mixed(with: .white, by: .word("SALE", side: x.side, center: SIMD2(0.5, 0.5), height: 0.2, angle: angle))
    },
    .masked("K15", "magnifier", ["hold a magnifier over it"], .heldOut, need: .one, floor: 0.012) { shot, _ in
      let center = shot.union.centroid
      let radius: Float = 0.25
      let handle = center + SIMD2(0.17, 0.17)
      return shot.picture.painted(.rgb(0.25, 0.15, 0.1)) {
        $0.addLine(from: handle, to: handle + SIMD2(0.2, 0.2), width: 0.055)
      }.mapAt { pixel, x, y in
        let (dx, dy) = (x - center.x, y - center.y)
        return dx * dx + dy * dy < radius * radius ? shot.picture.sample(center.x + dx / 2, center.y + dy / 2) : pixel
      }.mixed(with: .gray(0.08), by: ring(side: shot.side, center, radius))
    },
  ]

  private static func ring(side: Int, _ center: SIMD2<Float>, _ radius: Float) -> Mask {
    Mask(side: side) { x, y in
      let (dx, dy) = (x - center.x, y - center.y)
      return ((0.013 - abs((dx * dx + dy * dy).squareRoot() - radius)) * Float(side) + 0.5).inUnitRange
    }
  }
}
