import LoRWeBTorch

/// One way to change a picture, drawn by a program: a task of the catalogue or two of them after another.
public struct ProceduralTask: Sendable {
  /// What a task is for, fixed before any training.
  public enum Split: Hashable, Sendable {
    /// Trained on (T).
    case trained
    /// Held out from a family that is trained (N).
    case heldOut
    /// Of a family that is never trained (F).
    case heldOutFamily
    case composition(Composition)
  }

  public enum Composition: String, Hashable, Sendable {
    /// Trained on.
    case trained
    /// Both tasks are trained, their pair never (P).
    case unseenPair
    /// One of the tasks isn't trained (Q).
    case unseenTask
  }

  /// "A1", or "A1.K1" for a composition.
  public let id: String
  /// "warm", or "warm+polaroid".
  public let name: String
  public var family: String { String(id.prefix(1)) }
  public let split: Split
  /// One instruction for each value of θ.
  let instructions: [String]
  let need: Need
  /// a and b must differ from a′ and b′ by more than this, mean over pixels and channels.
  let floor: Float
  /// The input is the painted picture and the output the clean one.
  let isInverse: Bool
  let glyphs: Set<Glyph>
  /// θ is a place: a photo that both pairs share.
  let takesPlace: Bool
  let edit: @Sendable (Shot, Theta) -> Shot

  /// How many values θ has; what is drawn by chance and shared, like streaks of rain, isn't counted.
  public var variants: Int { instructions.count }

  /// - Parameter variant: which value of θ, taken modulo their number.
  public func instruction(variant: Int) -> String { instructions[((variant % variants) + variants) % variants] }

  /// Values of θ that are never trained: the last of three or more of a trained task.
  public var heldOutVariants: Range<Int> { split == .trained && variants >= 3 ? variants - 1..<variants : variants..<variants }

  /// What a scene must have for a task, in the order of how much they ask.
  enum Need: Int, Sendable {
    /// Any picture, with 0–3 objects.
    case pixels
    /// One or two objects.
    case objects
    /// One object in the middle.
    case one
    /// One with room to grow and to move.
    case small
    /// One on the left or right, the other side free.
    case aside
    /// Two side by side.
    case two
    /// Three, one of them clearly the biggest.
    case three
  }
}

/// What both pairs of a quadruple share.
struct Theta: Sendable {
  let variant: Int
  /// Fixes what is drawn by chance: streaks, dots, cells.
  let overlay: UInt64
  let place: Raster?
  let glyphs: [Glyph: Sprite]

  /// Random numbers that a and b share, a stream for each purpose.
  func numbers(_ purpose: UInt64 = 0) -> SeededNumbers { SeededNumbers(seed: overlay, stream: [purpose]) }

  /// The same with another value, for the parts of a composition.
  func with(variant: Int) -> Theta { Theta(variant: variant, overlay: overlay, place: place, glyphs: glyphs) }
}

extension SeededNumbers {
  mutating func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * Float(unit()) }

  /// A number below `count`, 0 if there is none.
  mutating func index(below count: Int) -> Int { count > 0 ? Int(next().multipliedFullWidth(by: UInt64(count)).high) : 0 }

  mutating func point() -> SIMD2<Float> { SIMD2(Float(unit()), Float(unit())) }
}

extension ProceduralTask {
  /// A task that looks at the picture only.
  static func pixels(
    _ id: String, _ name: String, _ instructions: [String], _ split: Split = .trained, floor: Float = 0.02,
    glyphs: [Glyph] = [], _ paint: @escaping @Sendable (Raster, Theta) -> Raster
  ) -> ProceduralTask {
    .scene(id, name, instructions, split, need: .pixels, floor: floor, glyphs: glyphs) { $0.with(paint($0.picture, $1)) }
  }

  /// A task that paints by the masks of objects.
  static func masked(
    _ id: String, _ name: String, _ instructions: [String], _ split: Split = .trained, need: Need = .objects,
    floor: Float = 0.02, glyphs: [Glyph] = [], _ paint: @escaping @Sendable (Shot, Theta) -> Raster
  ) -> ProceduralTask {
    .scene(id, name, instructions, split, need: need, floor: floor, glyphs: glyphs) { $0.with(paint($0, $1)) }
  }

  /// A task that rearranges the scene.
  static func scene(
    _ id: String, _ name: String, _ instructions: [String], _ split: Split = .trained, need: Need = .objects,
    floor: Float = 0.02, glyphs: [Glyph] = [], takesPlace: Bool = false, isInverse: Bool = false,
    _ edit: @escaping @Sendable (Shot, Theta) -> Shot
  ) -> ProceduralTask {
    ProceduralTask(
      id: id, name: name, split: split, instructions: instructions, need: need, floor: floor, isInverse: isInverse,
      glyphs: Set(glyphs), takesPlace: takesPlace, edit: edit)
  }

  /// A task whose input is made of its output.
  static func inverse(
    _ id: String, _ name: String, _ instructions: [String], _ split: Split = .trained, need: Need = .pixels,
    floor: Float = 0.02, _ degrade: @escaping @Sendable (Shot, Theta) -> Raster
  ) -> ProceduralTask {
    .scene(id, name, instructions, split, need: need, floor: floor, isInverse: true) { $0.with(degrade($0, $1)) }
  }

  /// This task and then another; θ is a pair of theirs.
  func then(_ other: ProceduralTask, _ composition: Composition) -> ProceduralTask {
    let first = self
    return ProceduralTask(
      id: "\(id).\(other.id)", name: "\(name)+\(other.name)", split: .composition(composition),
      instructions: instructions.flatMap { one in other.instructions.map { "\(one) and \($0)" } },
      need: other.need.rawValue > need.rawValue ? other.need : need, floor: max(floor, other.floor), isInverse: false,
      glyphs: glyphs.union(other.glyphs), takesPlace: takesPlace || other.takesPlace
    ) { shot, theta in
      let between = first.edit(shot, theta.with(variant: theta.variant / other.variants))
      return other.edit(between, theta.with(variant: theta.variant % other.variants))
    }
  }
}
