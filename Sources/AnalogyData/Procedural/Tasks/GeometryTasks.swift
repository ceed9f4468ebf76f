import Foundation

/// Family H: where things are.
enum GeometryTasks {
  static let all: [ProceduralTask] = [
    .pixels("H1", "mirror", ["mirror it left to right"], floor: 0.06) { x, _ in x.mirrored },
    .pixels("H2", "upside-down", ["turn it upside down"], floor: 0.06) { x, _ in x.turnedHalf },
    .pixels("H3", "quarter-turn", ["rotate it by a quarter turn"], floor: 0.06) { x, _ in x.transposed.mirrored },
    .pixels("H4", "zoom-in", ["zoom in"], floor: 0.04) { x, _ in
      x.warped { (0.5 + ($0 - 0.5) * 0.56, 0.5 + ($1 - 0.5) * 0.56) }
    },
    .pixels("H5", "zoom-out", ["zoom out"], floor: 0.04) { x, _ in
      x.blurred(0.6).warped { (0.5 + ($0 - 0.5) / 0.6, 0.5 + ($1 - 0.5) / 0.6) }
    },
    .scene("H6", "flip-object", ["flip the object"], need: .one) { shot, _ in shot.placing { $0.isMirrored.toggle() } },
    .scene(
      "H7", "rotate-object",
      ["rotate the object by 90 degrees", "rotate the object by 180 degrees", "rotate the object by 45 degrees"],
      need: .one
    ) { shot, theta in
      let angles: [Float] = [.pi / 2, .pi, .pi / 4]
      return shot.placing { $0.rotation += angles[theta.variant] }
    },
    .scene("H8", "bigger", ["make the object bigger"], need: .small) { shot, _ in shot.placing { $0.size *= 1.6 } },
    .scene("H9", "smaller", ["make the object smaller"], need: .one) { shot, _ in shot.placing { $0.size *= 0.55 } },
    .scene("H10", "move", ["move the object to the left", "move the object to the right"], need: .small) { shot, theta in
      shot.placing { $0.center.x += theta.variant == 0 ? -0.27 : 0.27 }
    },
    .scene("H11", "stretch", ["stretch the object tall and narrow"], .heldOut, need: .small) { shot, _ in
      shot.placing { $0.stretch *= SIMD2(0.65, 1.6) }
    },
    .pixels("H12", "shear", ["shear the picture"], .heldOut, floor: 0.04) { x, _ in
      x.warped { u, v in (u + (v - 0.5) * 0.364, v) }
    },
  ]
}
