import LoRWeBPictures
import LoRWeBTorch

/// Draws scenes: a photo and up to three cut-outs that stand out from it.
struct SceneMaker: Sendable {
  let side: Int
  private let scenery, subjects: [Material.Photo]
  private let cutouts: [Material.Cutout]

  init(material: Material, side: Int) {
    self.side = side
    scenery = material.photos.filter { $0.kind == .scenery && Self.isLargeEnough($0.picture) }
    subjects = material.photos.filter { $0.kind != .painting && Self.isLargeEnough($0.picture) }
    cutouts = material.cutouts
  }

  private static func isLargeEnough(_ picture: Picture) -> Bool { min(picture.width, picture.height) >= 32 }

  func lacking(for need: ProceduralTask.Need, takesPlace: Bool) -> String? {
    if need == .pixels, !takesPlace { return subjects.isEmpty ? "photo" : nil }
    if scenery.isEmpty { return "photo of scenery" }
    return cutouts.isEmpty ? "cut-out" : nil
  }

  func place(_ numbers: inout SeededNumbers) -> (id: String, raster: Raster) {
    crop(scenery[numbers.index(below: scenery.count)], &numbers)
  }

  /// One try at a scene; nil if something in it can't be made out.
  /// - Parameter avoided: photos and cut-outs not to be taken again, as long as there are others.
  func shot(
    for need: ProceduralTask.Need, avoiding avoided: Set<String>, seed: UInt64, numbers: inout SeededNumbers
  ) -> (shot: Shot, used: Set<String>)? {
    let placements = self.placements(for: need, &numbers)
    let photos = placements.isEmpty ? subjects : scenery
    let (photo, background) = crop(choose(photos, id: \.id, avoiding: avoided, &numbers), &numbers)
    guard Self.contrast(of: background) > 0.055 else { return nil }
    var used: Set<String> = [photo]
    var objects: [PlacedObject] = []
    for placement in placements {
      let cutout = choose(cutouts, id: \.id, avoiding: avoided.union(used), &numbers)
      used.insert(cutout.id)
      objects.append(PlacedObject(sprite: Sprite(cutout.picture), category: cutout.category, placement: placement))
    }
    let shot = Scene(background: background, objects: objects).shot(seed: seed)
    return shot.masks.allSatisfy { Self.standsOut($0, shot: shot) } ? (shot, used) : nil
  }

  private func choose<Item>(
    _ items: [Item], id: (Item) -> String, avoiding avoided: Set<String>, _ numbers: inout SeededNumbers
  ) -> Item {
    var item = items[numbers.index(below: items.count)]
    for _ in 0..<8 where avoided.contains(id(item)) { item = items[numbers.index(below: items.count)] }
    return item
  }

  private func crop(_ photo: Material.Photo, _ numbers: inout SeededNumbers) -> (id: String, raster: Raster) {
    let picture = photo.picture
    let shorter = min(picture.width, picture.height)
    let crop = min(shorter, max(16, Int(Float(shorter) * numbers.between(0.62, 1))))
    let (x, y) = (numbers.index(below: picture.width - crop + 1), numbers.index(below: picture.height - crop + 1))
    return (photo.id, Raster(picture, x: x, y: y, crop: crop, mirrored: numbers.unit() < 0.5, side: side))
  }

  private func placements(for need: ProceduralTask.Need, _ numbers: inout SeededNumbers) -> [Sprite.Placement] {
    func object(_ x: Float, _ y: ClosedRange<Float>, _ size: ClosedRange<Float>) -> Sprite.Placement {
      Sprite.Placement(
        center: SIMD2(x + numbers.between(-0.03, 0.03), numbers.between(y.lowerBound, y.upperBound)),
        size: numbers.between(size.lowerBound, size.upperBound), isMirrored: numbers.unit() < 0.5)
    }
    func pair() -> [Sprite.Placement] { [object(0.27, 0.5...0.62, 0.36...0.46), object(0.73, 0.5...0.62, 0.36...0.46)] }
    switch need {
    case .pixels:
      let chance = numbers.unit()
      if chance < 0.35 { return [] }
      return placements(for: chance < 0.75 ? .one : chance < 0.92 ? .two : .three, &numbers)
    case .objects: return numbers.unit() < 0.75 ? [object(0.5, 0.54...0.62, 0.5...0.62)] : pair()
    case .one: return [object(0.5, 0.56...0.62, 0.5...0.6)]
    case .small: return [object(0.5, 0.5...0.56, 0.36...0.44)]
    case .aside: return [object(numbers.unit() < 0.5 ? 0.27 : 0.73, 0.52...0.6, 0.38...0.46)]
    case .two: return pair()
    case .three:
      let biggest = numbers.index(below: 3)
      return (0..<3).map { position in
        let x = [Float(0.19), 0.5, 0.81][position]
        return position == biggest ? object(min(max(x, 0.25), 0.75), 0.5...0.6, 0.42...0.46) : object(x, 0.5...0.7, 0.2...0.25)
      }
    }
  }

  /// Standard deviation of the luma: flat pictures show few changes.
  private static func contrast(of raster: Raster) -> Float {
    let luma = raster.luma
    let mean = luma.mean
    return luma.map { ($0 - mean) * ($0 - mean) }.mean.squareRoot()
  }

  /// Whether an object is large enough and differs in L*a*b* from the ground it covers and from what is round it.
  private static func standsOut(_ mask: Mask, shot: Shot) -> Bool {
    let (side, ground) = (shot.side, shot.scene.background)
    var (covered, distance): (Float, Float) = (0, 0)
    var (inside, outside) = (Pixel.zero, Pixel.zero)
    // Every second pixel of every second row will do.
    for row in stride(from: 0, to: side, by: 2) {
      for column in stride(from: 0, to: side, by: 2) where mask.values[row * side + column] > 0.5 {
        let object = shot.picture.pixels[row * side + column].lab
        let below = ground.pixels[row * side + column].lab
        distance += object.squaredDistance(to: below).squareRoot()
        covered += 1
        inside += object
        outside += below
      }
    }
    guard covered * 4 > 0.025 * Float(side * side) else { return false }
    let shift = (inside - outside) / covered
    return distance / covered > 22 && shift.squaredDistance(to: .zero).squareRoot() > 10
  }
}
