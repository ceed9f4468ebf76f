import LoRWeBPictures
import LoRWeBTorch

/// An analogy drawn by a program: two pairs under the same change. `variant` says which value of θ it has.
public struct ProceduralQuadruple: Equatable, Sendable {
  public let a, aPrime, b, bPrime: Picture
  public let task: String
  public let variant: Int
  public let instruction: String
}

/// A picture before and after a change.
public struct ProceduralPair: Equatable, Sendable {
  public let before, after: Picture
  public let task: String
  public let variant: Int
  public let instruction: String
}

/// Renders analogies: a task and θ are drawn once, then two independent scenes on which the task shows.
///
/// What comes out is a function of the material, the side, the task and the seed alone.
public struct QuadrupleMaker: Sendable {
  public let side: Int
  private let scenes: SceneMaker
  private let glyphs: [Glyph: Sprite]
  /// A task's place in the catalogue, which keeps tasks' random numbers apart.
  let catalogueOrder: [String: UInt64]

  /// How many scenes are tried for one pair.
  static let attempts = 60

  /// - Throws: `ProceduralError.badSide`.
  public init(material: Material, side: Int) throws {
    guard side >= 32, side % 8 == 0 else { throw ProceduralError.badSide(side) }
    self.side = side
    scenes = SceneMaker(material: material, side: side)
    glyphs = Glyph.allCases.reduce(into: [:]) { $0[$1] = material.glyphs[$1.rawValue].map(Sprite.init) }
    catalogueOrder = Dictionary(TaskCatalogue.standard.tasks.enumerated().map { ($1.id, UInt64($0)) }) { first, _ in first }
  }

  /// a, a′, b and b′ of a task.
  /// - Throws: `ProceduralError.thinMaterial` or `.noScene`.
  public func quadruple(_ task: ProceduralTask, seed: UInt64, theta: ThetaRange = .trained) throws -> ProceduralQuadruple {
    try drawn(task, seed: seed, theta: theta).quadruple()
  }

  /// A quadruple before it becomes pictures.
  struct Drawn {
    let task: ProceduralTask
    let theta: Theta
    let a, b: Rendered

    func quadruple() throws -> ProceduralQuadruple {
      try ProceduralQuadruple(
        a: a.before.picture(), aPrime: a.after.picture(), b: b.before.picture(), bPrime: b.after.picture(), task: task.id,
        variant: theta.variant, instruction: task.instruction(variant: theta.variant))
    }
  }

  /// The quadruple of a task, with the scenes it was made of.
  func drawn(_ task: ProceduralTask, seed: UInt64, theta range: ThetaRange) throws -> Drawn {
    try check(task)
    var numbers = SeededNumbers(seed: seed, stream: [catalogueOrder[task.id] ?? 0])
    let (theta, place) = draw(task, range, &numbers)
    let a = try pair(task, theta, role: 0, avoiding: place, seed: seed, numbers: &numbers)
    let b = try pair(task, theta, role: 1, avoiding: place.union(a.used), seed: seed, numbers: &numbers)
    return Drawn(task: task, theta: theta, a: a, b: b)
  }

  /// Throws if the material can't make a task.
  public func check(_ task: ProceduralTask) throws {
    if let lacking = scenes.lacking(for: task.need, takesPlace: task.takesPlace) {
      throw ProceduralError.thinMaterial(task: task.id, lacking: lacking)
    }
    if let missing = task.glyphs.filter({ glyphs[$0] == nil }).map(\.rawValue).min() {
      throw ProceduralError.thinMaterial(task: task.id, lacking: "emoji \(missing)")
    }
  }

  /// θ, and the photo that is taken by it.
  func draw(_ task: ProceduralTask, _ range: ThetaRange, _ numbers: inout SeededNumbers) -> (Theta, Set<String>) {
    let variants = range.variants(of: task)
    let variant = variants.lowerBound + numbers.index(below: variants.count)
    let overlay = numbers.next()
    let place = task.takesPlace ? scenes.place(&numbers) : nil
    let theta = Theta(variant: variant, overlay: overlay, place: place?.raster, glyphs: glyphs)
    return (theta, Set(place.map { [$0.id] } ?? []))
  }

  /// A picture before and after, the scene it is of and the photos and cut-outs in it.
  struct Rendered {
    let before, after: Raster
    let shot: Shot
    let used: Set<String>
  }

  /// Scenes are drawn until one shows the task.
  func pair(
    _ task: ProceduralTask, _ theta: Theta, role: UInt64, avoiding avoided: Set<String>, seed: UInt64,
    numbers: inout SeededNumbers
  ) throws -> Rendered {
    for _ in 0..<Self.attempts {
      let own = numbers.next()
      var draws = SeededNumbers(seed: own, stream: [role])
      guard let (shot, used) = scenes.shot(for: task.need, avoiding: avoided, seed: own, numbers: &draws),
        let (before, after) = apply(task, theta, to: shot)
      else { continue }
      return Rendered(before: before, after: after, shot: shot, used: used)
    }
    throw ProceduralError.noScene(task: task.id, seed: seed, attempts: Self.attempts)
  }

  /// What can be made with the first of four streams of numbers: a change may stay invisible with one of them.
  func trying<Made>(
    seed: UInt64, stream: [UInt64], attempt: UInt64 = 0, _ make: (inout SeededNumbers) throws -> Made
  ) throws -> Made {
    var numbers = SeededNumbers(seed: seed, stream: stream + [attempt])
    do {
      return try make(&numbers)
    } catch ProceduralError.noScene where attempt < 3 {
      return try trying(seed: seed, stream: stream, attempt: attempt + 1, make)
    }
  }

  /// Before and after, nil if they differ too little.
  func apply(_ task: ProceduralTask, _ theta: Theta, to shot: Shot) -> (before: Raster, after: Raster)? {
    let changed = task.edit(shot, theta).picture.inUnitRange
    guard changed.meanDifference(from: shot.picture) > task.floor else { return nil }
    return task.isInverse ? (changed, shot.picture) : (shot.picture, changed)
  }
}
