import Foundation

/// Family W: the whole picture is bent. Never trained.
enum WarpTasks {
  static let all: [ProceduralTask] = [
    warp("W1", "fisheye", "look at it through a fisheye") { x, y in
      let (u, v) = ((x - 0.5) * 2, (y - 0.5) * 2)
      let radius = (u * u + v * v).squareRoot()
      // Enlarged in the middle, pressed together towards the rim.
      let factor = radius < 1 ? 0.45 + 0.55 * radius * radius : 1
      return (0.5 + u * factor / 2, 0.5 + v * factor / 2)
    },
    warp("W2", "swirl", "swirl it") { x, y in
      let (u, v) = (x - 0.5, y - 0.5)
      let radius = (u * u + v * v).squareRoot()
      let angle = 3 * exp(-radius * 4.2)
      return (0.5 + u * cos(angle) - v * sin(angle), 0.5 + u * sin(angle) + v * cos(angle))
    },
    warp("W3", "wave", "let it wave") { x, y in (x + 0.045 * sin(y * 22), y + 0.045 * sin(x * 22)) },
    warp("W4", "kaleidoscope", "make it a kaleidoscope") { x, y in (0.5 - abs(x - 0.5), 0.5 - abs(y - 0.5)) },
    warp("W5", "pinch", "pinch it") { x, y in
      let (u, v) = (x - 0.5, y - 0.5)
      let radius = (u * u + v * v).squareRoot() * 2
      let factor = radius < 1 ? pow(max(radius, 1e-3), -0.45) : 1
      return (0.5 + u * factor, 0.5 + v * factor)
    },
    .pixels("W6", "perspective", ["tilt it away in perspective"], .heldOutFamily, floor: 0.04) { picture, _ in
      Raster(side: picture.side) { x, y in
        // The upper edge is farther: its row of the picture is shorter.
        let width = 0.5 + 0.5 * y
        let u = 0.5 + (x - 0.5) / width
        return u < 0 || u > 1 ? .gray(0.08) : picture.sample(u, pow(y, 0.75))
      }
    },
  ]

  private static func warp(
    _ id: String, _ name: String, _ instruction: String, _ source: @escaping @Sendable (Float, Float) -> (Float, Float)
  ) -> ProceduralTask { .pixels(id, name, [instruction], .heldOutFamily, floor: 0.03) { picture, _ in picture.warped(source) } }
}
