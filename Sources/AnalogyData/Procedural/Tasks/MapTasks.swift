import Foundation

/// Family D: dense maps of a picture.
enum MapTasks {
  static let all: [ProceduralTask] = [
    .pixels("D1", "edges", ["draw its edge map"]) { x, _ in x.edges().map { ($0 * 1.2).inUnitRange }.raster },
    .pixels("D2", "line-drawing", ["make it a line drawing"]) { x, _ in
      x.edges(blur: 1).map { 1 - ($0 * 2 - 0.4).inUnitRange }.raster
    },
    .masked("D3", "object-mask", ["draw the object mask"]) { shot, _ in shot.union.raster },
    .masked("D4", "colour-objects", ["colour the left object red and the right one green"], need: .two) { shot, _ in
      shot.masks.enumerated().reduce(Raster(side: shot.side, filledWith: .rgb(0.12, 0.08, 0.28))) { map, item in
        map.mixed(with: item.offset == 0 ? .rgb(0.95, 0.25, 0.2) : .rgb(0.2, 0.8, 0.35), by: item.element)
      }
    },
    .masked("D5", "depth", ["draw its depth map"]) { shot, _ in
      let ground = Raster(side: shot.side) { _, y in .gray(y * 0.5) }
      return shot.masks.reduce(ground) { map, mask in
        // What stands lower stands nearer.
        map.mixed(with: .gray(0.55 + 0.45 * (mask.box?.bottom ?? 1)), by: mask)
      }
    },
    .pixels("D6", "normals", ["draw its surface normals"]) { x, _ in
      let (dx, dy) = x.gradient(blur: 1)
      return dx.colored { .rgb(-$0 * 1.2, 0, 0.5) }.map(with: dy) { pixel, v in
        let normal = pixel + .rgb(0, v * 1.2, 0)
        return normal / (normal * normal).sum().squareRoot() * 0.5 + Pixel.gray(0.5)
      }
    },
    .masked("D7", "boxes", ["draw red boxes around the objects"]) { shot, _ in
      shot.picture.painted(.rgb(1, 0, 0)) { for box in shot.masks.compactMap(\.box) { $0.addFrame(box, width: 3.4 / 128) } }
    },
    .pixels("D8", "threshold", ["make it a two-tone stencil"]) { x, _ in
      let gray = x.luma.blurred(0.7)
      let mean = gray.mean
      return gray.map { $0 > mean ? 1 : 0 }.raster
    },
    .masked("D9", "contour", ["outline the object in magenta"], .heldOut) { shot, _ in
      let line = shot.solid.dilated(3).map(with: shot.solid) { max(0, $0 - $1) }.blurred(0.4)
      return shot.picture.mixed(with: .rgb(1, 0.1, 0.9), by: line)
    },
    .masked("D10", "heat-map", ["lay a heat map of the object over it"], .heldOut) { shot, _ in
      let heat = shot.union.blurred(8)
      return shot.picture.map(with: heat) { Pixel.gray($0.luma).mixed(with: jet($1), by: 0.65) }
    },
  ]

  /// Blue to red over green, as heat maps are coloured.
  static func jet(_ value: Float) -> Pixel {
    func ramp(_ middle: Float) -> Float { (1.5 - abs(4 * value - middle)).inUnitRange }
    return .rgb(ramp(3), ramp(2), ramp(1))
  }
}
