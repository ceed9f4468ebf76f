import Foundation

/// Family E: something is added.
enum InsertionTasks {
  static let hats: [(name: String, glyph: Glyph)] = [
    ("top hat", .topHat), ("crown", .crown), ("graduation cap", .graduationCap), ("helmet", .helmet), ("sun hat", .sunHat),
  ]
  static let companions: [(name: String, glyph: Glyph)] = [
    ("cat", .cat), ("tree", .tree), ("rocket", .rocket), ("guitar", .guitar),
  ]
  static let flowers: [(name: String, glyph: Glyph)] = [("tulips", .tulip), ("sunflowers", .sunflower), ("roses", .rose)]
  static let footwear: [(name: String, glyph: Glyph)] = [("bow", .bow), ("shoe", .shoe)]

  static let all: [ProceduralTask] = [
    .masked("E1", "hat", hats.map { "put a \($0.name) on it" }, need: .one, floor: 0.012, glyphs: hats.map(\.glyph)) {
      shot, theta in
      let (top, width) = shot.union.extremity(atTop: true)
      let size = min(0.46, max(0.36, width * 1.2))
      return shot.picture.with(
        theta, hats[theta.variant].glyph, at: SIMD2(top.x, max(size * 0.4, top.y - size * 0.22)), size: size)
    },
    .masked("E2", "balloon", ["tie a balloon to it"], need: .one, floor: 0.012, glyphs: [.balloon]) { shot, theta in
      shot.picture.painted(.gray(0.12)) { $0.addLine(from: shot.union.centroid, to: SIMD2(0.82, 0.3), width: 0.018) }
        .with(theta, .balloon, at: SIMD2(0.82, 0.2), size: 0.38)
    },
    .pixels("E3", "sun", ["add a sun in the top left corner"], floor: 0.012, glyphs: [.sun]) { x, theta in
      x.with(theta, .sun, at: SIMD2(0.17, 0.17), size: 0.33)
    },
    .pixels("E4", "moon", ["add a moon in the top right corner"], floor: 0.012, glyphs: [.moon]) { x, theta in
      x.with(theta, .moon, at: SIMD2(0.83, 0.17), size: 0.33)
    },
    .scene(
      "E5", "second-object", companions.map { "add a \($0.name) beside it" }, need: .aside, glyphs: companions.map(\.glyph)
    ) { shot, theta in
      shot.rearranged { scene in
        guard let first = scene.objects.first, let sprite = theta.glyphs[companions[theta.variant].glyph] else { return }
        let placement = Sprite.Placement(center: SIMD2(first.placement.center.x < 0.5 ? 0.73 : 0.27, 0.57), size: 0.44)
        scene.objects.append(PlacedObject(sprite: sprite, category: "added", placement: placement))
      }
    },
    .scene("E6", "twin", ["give it a mirrored twin"], need: .aside) { shot, _ in
      shot.rearranged { scene in
        guard var twin = scene.objects.first else { return }
        twin.placement.center.x = 1 - twin.placement.center.x
        twin.placement.isMirrored.toggle()
        scene.objects.append(twin)
      }
    },
    .pixels("E7", "flowers", flowers.map { "plant \($0.name) along the bottom" }, glyphs: flowers.map(\.glyph)) { x, theta in
      (0..<5).reduce(x) { picture, index in
        picture.with(theta, flowers[theta.variant].glyph, at: SIMD2(0.1 + 0.2 * Float(index), 0.87), size: 0.25)
      }
    },
    .masked("E8", "speech-bubble", ["add a speech bubble"], need: .one) { shot, _ in
      let (top, _) = shot.union.extremity(atTop: true)
      let center = SIMD2<Float>(top.x < 0.5 ? 0.7 : 0.3, 0.16)
      let bubble = Mask(side: shot.side) {
        $0.addEllipse(at: center, radii: SIMD2(0.27, 0.14))
        $0.addTriangle(center + SIMD2(-0.08, 0.08), center + SIMD2(0.08, 0.08), SIMD2(top.x, max(top.y, 0.34)))
      }
      return shot.picture.mixed(with: .gray(0.1), by: bubble.dilated(1.6)).mixed(with: .white, by: bubble)
        .painted(.gray(0.1)) { for dx in [Float(-0.11), 0, 0.11] { $0.addDisc(at: center + SIMD2(dx, 0), radius: 0.028) } }
    },
    .masked("E9", "drop-shadow", ["give it a drop shadow"], floor: 0.015) { shot, _ in
      let bottom = shot.union.box?.bottom ?? 1
      let solid = shot.union.raster
      // The mask leaned to the right and pressed flat, its foot on the object's.
      let shadow = Raster(side: shot.side) { x, y in
        let rise = (bottom - y) / 0.6
        let fromX = x - rise * 0.55
        let inside = fromX > 0 && fromX < 1 && bottom - rise > 0 && rise > -0.04
        return inside ? solid.sample(fromX, min(bottom - rise, 0.999)) : .zero
      }.blurred(1)
      let cover = shadow.red.map(with: shot.union) { 0.85 * $0 * (1 - $1) }
      return shot.picture.map(with: cover) { $0 * (1 - $1) }
    },
    .pixels("E10", "rainbow", ["add a rainbow"], .heldOut) { x, _ in
      x.mapAt { pixel, u, v in
        let radius = ((u - 0.5) * (u - 0.5) + (v - 0.72) * (v - 0.72)).squareRoot()
        let band = (radius - 0.42) / 0.16
        guard band > 0, band < 1, v < 0.72 else { return pixel }
        return pixel.mixed(with: .hue((1 - band) * 0.78), by: 0.75)
      }
    },
    .masked(
      "E11", "bow-or-shoe", footwear.map { "put a \($0.name) under it" }, .heldOut, need: .one, floor: 0.01,
      glyphs: footwear.map(\.glyph)
    ) { shot, theta in
      let (foot, _) = shot.union.extremity(atTop: false)
      return shot.picture.with(theta, footwear[theta.variant].glyph, at: SIMD2(foot.x, min(0.86, foot.y + 0.03)), size: 0.34)
    },
  ]
}

extension Raster {
  func with(_ theta: Theta, _ glyph: Glyph, at center: SIMD2<Float>, size: Float, rotation: Float = 0) -> Raster {
    theta.glyphs[glyph].map { with($0, at: center, size: size, rotation: rotation) } ?? self
  }
}
