import Dispatch
import LoRWeBPictures
import Synchronization

/// A sheet with one cell a task: a | a′ | b | b′ under the task's id and name.
public struct SynthesisSheet: Sendable {
  private static let labelHeight = 12
  private static let gap = 8

  private let tasks: [ProceduralTask]
  private let synthesis: Synthesis
  private let side: Int

  /// - Throws: what `QuadrupleMaker` throws.
  public init(
    _ tasks: [ProceduralTask], material: Material, part: Material.Part, side: Int, seed: UInt64,
    theta: ThetaRange = .trained
  ) throws {
    (self.tasks, self.side) = (tasks, side)
    synthesis = try Synthesis(tasks, material: material, part: part, side: side, seed: seed, theta: theta)
  }

  /// The sheet; every cell is the task's quadruple of the same number that `Synthesis` writes.
  /// - Parameter columns: cells in a row.
  /// - Throws: `ProceduralError`, `PicturesError`.
  public func picture(columns: Int) throws -> Picture {
    let results = Mutex([Result<ProceduralQuadruple, any Error>?](repeating: nil, count: tasks.count))
    DispatchQueue.concurrentPerform(iterations: tasks.count) { index in
      let result = Result { try synthesis.quadruple(index) }
      results.withLock { $0[index] = result }
    }
    let quadruples = try results.withLock { $0 }.compactMap { try $0?.get() }
    let columns = max(1, min(columns, tasks.count))
    let (width, height) = (4 * side + Self.gap, side + Self.labelHeight + Self.gap)
    var pieces: [(picture: Picture, x: Int, y: Int)] = []
    for (index, quadruple) in quadruples.enumerated() {
      let (x, y) = (Self.gap + index % columns * width, Self.gap + index / columns * height)
      pieces.append((try DotLabel.picture("\(tasks[index].id) \(tasks[index].name)", width: 4 * side), x, y))
      for (place, picture) in [quadruple.a, quadruple.aPrime, quadruple.b, quadruple.bPrime].enumerated() {
        pieces.append((picture, x + place * side, y + Self.labelHeight))
      }
    }
    let size = PictureSize(
      width: Self.gap + columns * width, height: Self.gap + (tasks.count + columns - 1) / columns * height)
    return try Picture.assembled(size: size, background: .white, pieces: pieces)
  }
}
