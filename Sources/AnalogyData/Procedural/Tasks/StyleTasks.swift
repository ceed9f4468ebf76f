import Foundation
import LoRWeBTorch

/// Family B: styles, each a drawing or printing technique.
enum StyleTasks {
  static let posters: [(name: String, colors: [Pixel])] = [
    ("retro", [(20, 20, 60), (230, 50, 90), (250, 200, 60), (60, 190, 190), (250, 240, 225)]),
    ("forest", [(15, 30, 20), (60, 110, 50), (150, 180, 80), (230, 220, 160), (110, 70, 40)]),
    ("candy", [(70, 20, 90), (240, 90, 170), (255, 180, 120), (130, 220, 240), (255, 250, 250)]),
    ("ocean", [(5, 20, 50), (10, 80, 130), (40, 160, 180), (160, 225, 215), (250, 250, 235)]),
  ].map { ($0.0, colors($0.1)) }

  /// Colours in equal parts as one finds them in the paintings; written from their descriptions, no file is read.
  static let paintings: [(name: String, palette: ColorStatistics)] = [
    ("The Great Wave", [(22, 45, 90), (40, 75, 120), (110, 140, 165), (220, 212, 185), (236, 228, 204), (190, 180, 150)]),
    ("The Starry Night", [(15, 25, 70), (30, 60, 130), (60, 100, 170), (110, 150, 180), (230, 200, 70), (25, 30, 35)]),
    ("Sunflowers", [(200, 160, 40), (235, 200, 80), (150, 100, 20), (240, 225, 140), (110, 70, 20), (190, 190, 110)]),
    ("The Scream", [(200, 90, 30), (235, 150, 60), (120, 50, 30), (30, 45, 80), (60, 70, 60), (230, 190, 120)]),
  ].map { ($0.0, ColorStatistics(of: colors($0.1))) }

  private static func colors(_ values: [(Float, Float, Float)]) -> [Pixel] { values.map { .rgb($0.0, $0.1, $0.2) / 255 } }

  static let all: [ProceduralTask] = [
    .pixels("B1", "oil", ["make it an oil painting"], floor: 0.012) { x, _ in
      x.kuwahara(4).kuwahara(4).map { $0.saturated(1.4) }
    },
    .pixels("B2", "pencil", ["make it a pencil sketch"]) { x, _ in x.pencilled.raster },
    .pixels("B3", "watercolour", ["make it a watercolour"]) { x, theta in
      let wet = x.bilateral(radius: 4, tolerance: 0.16)
      return wet.map(with: wet.edges(blur: 1)) { ($0 * 0.62 + 0.38).saturated(1.5) * (1 - 0.45 * min(1, $1)) }
        .map(with: Mask.grain(side: x.side, theta.numbers()).blurred(0.8)) { ($0 * (0.9 + 0.2 * $1)).inUnitRange }
    },
    .pixels("B4", "pixel-art", ["make it pixel art"]) { x, _ in
      let small = x.boxed(to: 24).map { $0.saturated(1.2) }
      return small.nearest(of: small.palette(12)).blocks(side: x.side)
    },
    .pixels("B5", "halftone", ["print it in comic halftone dots"]) { x, _ in x.halftoned },
    .pixels("B6", "poster-palette", posters.map { "paint it in the \($0.name) poster colours" }) { x, theta in
      x.blurred(1).stretched.nearest(of: posters[theta.variant].colors)
    },
    .pixels("B8", "engraving", ["make it an engraving"]) { x, _ in x.engraved.raster },
    .pixels("B9", "emboss", ["emboss it in grey"]) { x, _ in
      let gray = x.luma.blurred(0.5).raster
      let shift = 1.6 / 128 as Float
      return Raster(side: x.side) { u, v in
        let lit = gray.sample(min(1, u + shift), min(1, v + shift)).x - gray.sample(max(0, u - shift), max(0, v - shift)).x
        return .gray((0.5 + 1.6 * lit).inUnitRange)
      }
    },
    .pixels("B10", "neon", ["draw it in neon outlines"]) { x, _ in
      let core = x.map(with: x.edges(blur: 0.9)) { Pixel.hue($0.hueTurns) * ($1 * 1.5 - 0.25).inUnitRange }
      return Raster(side: x.side, pixels: zip(core.pixels, core.blurred(2.5).pixels).map { ($0 + $1 * 0.9).inUnitRange })
    },
    .pixels("B11", "blueprint", ["make it a blueprint"]) { x, _ in
      x.edges(blur: 0.9).colored { Pixel.rgb(0.06, 0.2, 0.55).mixed(with: .white, by: ($0 * 1.3 - 0.1).inUnitRange) }
    },
    .pixels("B12", "cartoon", ["make it a flat cartoon with dark contours"], floor: 0.03) { x, _ in
      let flat = x.kuwahara(3).kuwahara(3)
      return flat.map(with: flat.edges(blur: 1)) { pixel, line in
        let steps = (pixel.saturated(1.4) * 4).rounded(.toNearestOrAwayFromZero) / 4
        return steps * (1 - (line * 1.5 - 0.25).inUnitRange)
      }
    },
    .pixels("B13", "painting-palette", paintings.map { "paint it with the palette of \($0.name)" }) { x, theta in
      x.inColors(of: paintings[theta.variant].palette)
    },
    .pixels("B14", "paper-cut", ["make it a paper cut in four layers"], .heldOut) { x, _ in x.paperCut },
    .pixels("B18", "crt", ["show it on an old tube screen"], .heldOut) { x, _ in
      let pitch = max(3, x.whole(4))
      return Raster(
        side: x.side,
        pixels: x.blurred(0.8).pixels.enumerated().map { at, pixel in
          let (row, column) = (at / x.side, at % x.side)
          let line: Float = row % pitch < pitch / 2 ? 0.35 : 1.2
          let triad = column / x.whole(1.5) % 3
          let tint = Pixel.rgb(triad == 0 ? 1.25 : 0.75, triad == 1 ? 1.25 : 0.75, triad == 2 ? 1.25 : 0.75)
          return (pixel * tint * line).inUnitRange
        })
    },
  ]
}

extension Mask {
  /// Uniform noise in 0…1.
  static func grain(side: Int, _ numbers: consuming SeededNumbers) -> Mask {
    Mask(side: side) { _, _ in Float(numbers.unit()) }
  }
}

extension Raster {
  /// Dodge of the luma by its blurred inverse: pencil strokes where it changes.
  var pencilled: Mask {
    let gray = luma.blurred(0.8)
    return gray.map(with: gray.blurred(4)) { value, mean in
      let dodged = min(1, value / max(mean, 0.05))
      return (dodged * dodged * dodged * 0.9 + 0.1 * value).inUnitRange
    }
  }

  /// Luma stretched so that the picture's darkest and lightest parts use the whole range.
  var stretched: Raster {
    let sorted = luma.values.sorted()
    let (low, high) = (sorted[sorted.count / 50], sorted[sorted.count * 49 / 50])
    let gain = 1 / max(high - low, 0.15)
    return map { (($0 - low) * gain).inUnitRange }
  }

  /// Dots of cyan, magenta and yellow, the larger the darker. Dark photos are lifted so that they don't become black.
  var halftoned: Raster {
    let pitch = max(4, whole(6))
    let means = boxed(to: (side + pitch - 1) / pitch)
    return Raster(side: side) { x, y in
      let lifted = means.cell(x, y).saturated(1.5) * 0.8 + Pixel.gray(0.2)
      let (dx, dy) = cellOffset(x, y, cells: means.side)
      let distance = (dx * dx + dy * dy).squareRoot()
      func ink(_ value: Float) -> Float {
        1 - ((max(0, 1 - value).squareRoot() * 0.66 - distance) * Float(pitch) + 0.5).inUnitRange
      }
      return .rgb(ink(lifted.x), ink(lifted.y), ink(lifted.z))
    }
  }

  /// Black lines in up to three directions, the darker the more.
  var engraved: Mask {
    let gray = stretched.luma.blurred(1)
    let turns: [(Float, Float, Float)] = [(0.45, 0.9, 0.78), (-0.6, 0.8, 0.5), (1, 0.1, 0.28)]
    let frequency: Float = 2 * .pi * 32
    return gray.mapAt { tone, x, y in
      turns.reduce(1) { light, turn in
        let (u, v, threshold) = turn
        let wave = sin((x * u + y * v) * frequency) * 0.5 + 0.5
        let width = min(0.75, 0.2 + (threshold - tone) * 1.3)
        return tone < threshold && wave < width ? min(light, max(0, 1 - (width - wave) * 6)) : light
      }
    }
  }

  /// Four layers of coloured paper, the light ones below, each with a shadow.
  var paperCut: Raster {
    let sheets: [Pixel] = [.rgb(0.98, 0.93, 0.82), .rgb(0.95, 0.65, 0.4), .rgb(0.75, 0.25, 0.3), .rgb(0.2, 0.12, 0.3)]
    let gray = stretched.luma.blurred(2.2)
    var result = Raster(side: side, filledWith: sheets[0])
    for (sheet, level) in zip(sheets.dropFirst(), [Float(0.66), 0.43, 0.22]) {
      let layer = gray.map { (($0 < level ? 1 : 0) as Float) }.blurred(0.5)
      let shadow = layer.blurred(1.6).raster
      let offset = Float(2) / 128
      result = result.mapAt { pixel, x, y in
        pixel * (1 - 0.55 * shadow.sample(max(0, x - offset), max(0, y - offset)).x)
      }.mixed(with: sheet, by: layer)
    }
    return result
  }
}
