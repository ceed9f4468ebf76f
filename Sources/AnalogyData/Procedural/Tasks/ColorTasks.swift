import Foundation

/// Family A: colour and tone of the whole picture.
enum ColorTasks {
  static let duotones: [(name: String, stops: [Pixel])] = [
    ("purple and gold", [.rgb(0.18, 0.04, 0.35), .rgb(1, 0.84, 0.35)]),
    ("navy and pink", [.rgb(0.06, 0.08, 0.28), .rgb(1, 0.67, 0.75)]),
    ("red and white", [.rgb(0.43, 0.02, 0.06), .rgb(1, 0.98, 0.96)]),
    ("green and cream", [.rgb(0.02, 0.24, 0.16), .rgb(0.98, 0.96, 0.82)]),
  ]

  static let tritones: [(name: String, stops: [Pixel])] = [
    ("navy, red and cream", [.rgb(0.05, 0.08, 0.3), .rgb(0.85, 0.2, 0.2), .rgb(1, 0.95, 0.8)]),
    ("black, teal and yellow", [.rgb(0.03, 0.05, 0.06), .rgb(0.1, 0.6, 0.6), .rgb(1, 0.93, 0.4)]),
  ]

  static let all: [ProceduralTask] = [
    .pixels("A1", "warm", ["make the colours warmer"]) { x, _ in x.map { ($0 * .rgb(1.3, 1.02, 0.6)).inUnitRange } },
    .pixels("A2", "cool", ["make the colours cooler"]) { x, _ in x.map { ($0 * .rgb(0.65, 1, 1.3)).inUnitRange } },
    .pixels("A3", "sepia", ["turn it into a sepia photo"]) { x, _ in x.sepia },
    .pixels("A4", "black-and-white", ["make it black and white"]) { x, _ in
      x.map { .gray(((($0.luma - 0.5) * 1.2) + 0.5).inUnitRange) }
    },
    .pixels(
      "A5", "hue",
      ["shift all hues by a third", "shift all hues by a half", "shift all hues by two thirds", "shift all hues by a quarter"]
    ) { x, theta in
      let turns: [Float] = [1.0 / 3, 0.5, 2.0 / 3, 0.25]
      return x.map { $0.hueShifted(by: turns[theta.variant]) }
    },
    .pixels("A6", "vivid", ["make it more vivid"]) { x, _ in x.map { $0.saturated(2) } },
    .pixels("A7", "faded", ["make it look like faded film"]) { x, _ in
      x.map { $0.saturated(0.5) * 0.62 + Pixel.rgb(0.24, 0.22, 0.21) }
    },
    .pixels("A8", "negative", ["turn it into a negative"]) { x, _ in x.map { .white - $0 } },
    .pixels("A9", "duotone", duotones.map { "print it in two colours, \($0.name)" }) { x, theta in
      x.gradientMapped(duotones[theta.variant].stops)
    },
    .pixels("A10", "dark", ["make it darker"], floor: 0.04) { x, _ in x.raised(to: 2) },
    .pixels("A11", "bright", ["make it brighter"], floor: 0.04) { x, _ in x.raised(to: 0.47) },
    .pixels(
      "A12", "swap-channels", ["swap red and blue", "swap red and green", "swap green and blue"], floor: 0.03
    ) { x, theta in x.map { p in [.rgb(p.z, p.y, p.x), .rgb(p.y, p.x, p.z), .rgb(p.x, p.z, p.y)][theta.variant] } },
    .pixels("A13", "teal-and-orange", ["give it a teal and orange look"], .heldOut, floor: 0.04) { x, _ in
      x.map { p in
        let teal = Pixel.rgb(-0.18, 0.06, 0.16) * (1 - p.luma)
        let orange = Pixel.rgb(0.24, 0.04, -0.24) * p.luma
        return (p.saturated(0.6) + (teal + orange) * 1.3).inUnitRange
      }
    },
    .pixels("A14", "solarise", ["solarise it"], .heldOut, floor: 0.04) { x, _ in
      x.map { p in (p.replacing(with: Pixel.white - p, where: p .> Pixel(repeating: 0.5)) * 1.7).inUnitRange }
    },
    .pixels("A15", "tritone", tritones.map { "print it in three colours, \($0.name)" }, .heldOut) { x, theta in
      x.gradientMapped(tritones[theta.variant].stops)
    },
    .masked("A16", "object-in-colour", ["keep only the object in colour"], floor: 0.03) { shot, _ in
      shot.picture.map(with: shot.union) { Pixel.gray($0.luma).mixed(with: $0.saturated(1.25), by: $1) }
    },
  ]
}

extension Raster {
  var sepia: Raster {
    map { p in
      Pixel.rgb(
        0.393 * p.x + 0.769 * p.y + 0.189 * p.z, 0.349 * p.x + 0.686 * p.y + 0.168 * p.z,
        0.272 * p.x + 0.534 * p.y + 0.131 * p.z
      ).inUnitRange
    }
  }

  func raised(to power: Float) -> Raster {
    let table = (0...1024).map { pow(Float($0) / 1024, power) }
    func value(_ channel: Float) -> Float { table[Int(channel.inUnitRange * 1024 + 0.5)] }
    return map { .rgb(value($0.x), value($0.y), value($0.z)) }
  }
}
