/// A background with objects on it: what a task that moves, adds or removes objects changes.
struct Scene: Sendable {
  var background: Raster
  /// From the back to the front; in scenes of two or three from the left to the right.
  var objects: [PlacedObject]

  /// The picture of the scene with each object's visible mask.
  func shot(seed: UInt64) -> Shot {
    var picture = background
    var masks: [Mask] = []
    for object in objects {
      let mask = object.sprite.lay(on: &picture, object.placement)
      for at in masks.indices { masks[at] = masks[at].map(with: mask) { $0 * (1 - $1) } }
      masks.append(mask)
    }
    return Shot(scene: self, picture: picture, masks: masks, seed: seed)
  }
}

struct PlacedObject: Sendable {
  var sprite: Sprite
  var category: String
  var placement: Sprite.Placement
}

/// A scene photographed: what a task gets and gives.
struct Shot: Sendable {
  let scene: Scene
  /// The picture, which a task may have painted over.
  var picture: Raster
  /// What is visible of each object, in the scene's order.
  let masks: [Mask]
  /// For what may differ between a and b: noise, holes.
  let seed: UInt64
  let union: Mask

  init(scene: Scene, picture: Raster, masks: [Mask], seed: UInt64) {
    (self.scene, self.picture, self.masks, self.seed) = (scene, picture, masks, seed)
    union = masks.count == 1 ? masks[0] : masks.reduce(Mask(side: picture.side)) { $0.map(with: $1) { min(1, $0 + $1) } }
  }

  var side: Int { picture.side }

  /// The same scene and masks under a changed picture.
  func with(_ picture: Raster) -> Shot {
    var result = self
    result.picture = picture
    return result
  }

  /// The scene changed and photographed again. What was painted on the picture before is lost.
  func rearranged(_ change: (inout Scene) -> Void) -> Shot {
    var scene = scene
    change(&scene)
    return scene.shot(seed: seed)
  }

  func placing(_ change: (inout Sprite.Placement) -> Void) -> Shot {
    rearranged { scene in if !scene.objects.isEmpty { change(&scene.objects[0].placement) } }
  }
}
