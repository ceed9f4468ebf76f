/// Family F: objects go, are swapped or replaced.
enum RemovalTasks {
  static let replacements: [(name: String, glyph: Glyph)] = [
    ("fox", .fox), ("car", .car), ("mushroom", .mushroom), ("penguin", .penguin),
  ]

  static let categoryGlyphs: [Glyph] = [.dogFace, .apple, .car, .tree, .rocket, .bulb, .house, .shirt, .ball, .gift]

  static let all: [ProceduralTask] = [
    .scene("F1", "remove", ["remove the object"], need: .one) { shot, _ in shot.rearranged { $0.objects = [] } },
    .scene("F2", "remove-left", ["remove the left object"], need: .two, floor: 0.012) { shot, _ in
      shot.rearranged { $0.objects = Array($0.objects.dropFirst()) }
    },
    .scene(
      "F3", "replace", replacements.map { "replace it by a \($0.name)" }, need: .one, glyphs: replacements.map(\.glyph)
    ) { shot, theta in shot.rearranged { $0.replaceFirst(by: theta.glyphs[replacements[theta.variant].glyph]) } },
    .masked("F4", "cut-out", ["cut it out on white"]) { shot, _ in shot.picture.mixed(with: .white, by: shot.union.inverted) },
    .scene("F5", "swap-places", ["swap the two objects"], need: .two) { shot, _ in
      shot.rearranged { scene in
        guard scene.objects.count > 1 else { return }
        let first = scene.objects[0].placement.center
        scene.objects[0].placement.center = scene.objects[1].placement.center
        scene.objects[1].placement.center = first
      }
    },
    .masked("F6", "silhouette", ["make the object a black silhouette"]) { shot, _ in
      shot.picture.mixed(with: .gray(0.02), by: shot.union)
    },
    .scene("F7", "keep-biggest", ["keep only the biggest object"], need: .three, floor: 0.01) { shot, _ in
      shot.rearranged { scene in
        scene.objects = scene.objects.max { $0.placement.size < $1.placement.size }.map { [$0] } ?? []
      }
    },
    .scene("F8", "remove-right", ["remove the right object"], .heldOut, need: .two, floor: 0.012) { shot, _ in
      shot.rearranged { $0.objects = Array($0.objects.prefix(1)) }
    },
    .scene("F9", "emoji-instead", ["replace it by an emoji of its kind"], .heldOut, need: .one, glyphs: categoryGlyphs) {
      shot, theta in
      shot.rearranged { scene in
        guard let category = scene.objects.first?.category else { return }
        scene.replaceFirst(by: theta.glyphs[Glyph(category: category)])
      }
    },
  ]
}

extension Scene {
  mutating func replaceFirst(by sprite: Sprite?) {
    guard let sprite, !objects.isEmpty else { return }
    objects[0].sprite = sprite
    objects[0].placement.isMirrored = false
  }
}
