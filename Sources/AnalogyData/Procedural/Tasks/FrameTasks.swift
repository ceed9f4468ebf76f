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
      let photo = x.resized(to: x.side)
      return Raster(side: x.side) { u, v in
        let (inX, inY) = ((u - 0.09) / 0.82, (v - 0.06) / 0.76)
        let isPhoto = inX > 0 && inX < 1 && inY > 0 && inY < 1
        return isPhoto ? photo.sample(inX, inY) : .rgb(0.98, 0.97, 0.94)
      }
    },
    .pixels("K2", "frame", frames.map { "put a \($0.name) frame around it" }) { x, theta in
      var frame = Mask(side: x.side)
      frame.addFrame(Mask.Box(left: 0, top: 0, right: 1, bottom: 1), width: 0.085)
      return x.mixed(with: frames[theta.variant].color, by: frame)
    },
    .pixels("K3", "round-crop", grounds.map { "crop it to a circle on \($0.name)" }) { x, theta in
      var disc = Mask(side: x.side)
      disc.addDisc(at: SIMD2(0.5, 0.5), radius: 0.46)
      return x.mixed(with: grounds[theta.variant].color, by: disc.inverted)
    },
    .pixels("K4", "cinema-bars", ["add cinema bars"]) { x, _ in
      x.mapAt { pixel, _, v in v < 0.17 || v > 0.83 ? .zero : pixel }
    },
    .pixels("K7", "collage", ["make a collage of four copies"], floor: 0.04) { x, _ in
      let half = x.resized(to: max(16, x.side / 2)).pixels
      let size = max(16, x.side / 2)
      return Raster(
        side: x.side,
        pixels: (0..<x.side * x.side).map { half[(($0 / x.side) % size) * size + ($0 % x.side) % size] })
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
}
