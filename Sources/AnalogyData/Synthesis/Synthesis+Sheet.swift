import LoRWeBPictures

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
    let quadruples = try [ProceduralQuadruple](concurrently: tasks.count) { try synthesis.quadruple($0) }
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

/// A line of capital letters and digits of 5 × 7 dots, black on white.
enum DotLabel {
  /// Nine rows; what doesn't fit into the width is cut off.
  static func picture(_ text: String, width: Int) throws -> Picture {
    let height = 9
    var pixels = [UInt8](repeating: 255, count: width * height * Picture.channels)
    for (index, character) in text.uppercased().enumerated() where (index + 1) * DotFont.pitch <= width {
      for (row, dots) in DotFont.rows(of: character).enumerated() {
        for column in 0..<DotFont.width where DotFont.isDot(dots, column) {
          let pixel = ((row + 1) * width + index * DotFont.pitch + column) * Picture.channels
          for channel in 0..<Picture.channels { pixels[pixel + channel] = 0 }
        }
      }
    }
    return try Picture(width: width, height: height, pixels: pixels)
  }
}
