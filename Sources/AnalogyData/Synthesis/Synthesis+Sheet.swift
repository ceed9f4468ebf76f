import LoRWeBPictures

extension Synthesis {
  /// A sheet with one cell a task: a | a′ | b | b′ under the task's id and name, the first quadruple that is written of it.
  /// - Throws: `ProceduralError`, `PicturesError`.
  public func sheet(columns: Int) throws -> Picture {
    let quadruples = try [ProceduralQuadruple](concurrently: tasks.count) { try quadruple($0) }
    let columns = max(1, min(columns, tasks.count))
    let (labelHeight, gap) = (12, 8)
    let (width, height) = (4 * side + gap, side + labelHeight + gap)
    var pieces: [(picture: Picture, x: Int, y: Int)] = []
    for (index, quadruple) in quadruples.enumerated() {
      let (x, y) = (gap + index % columns * width, gap + index / columns * height)
      pieces.append((try DotLabel.picture("\(tasks[index].id) \(tasks[index].name)", width: 4 * side), x, y))
      for (place, picture) in [quadruple.a, quadruple.aPrime, quadruple.b, quadruple.bPrime].enumerated() {
        pieces.append((picture, x + place * side, y + labelHeight))
      }
    }
    let size = PictureSize(width: gap + columns * width, height: gap + (tasks.count + columns - 1) / columns * height)
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
      for row in 0..<DotFont.height {
        for column in 0..<DotFont.width where DotFont.isDot(character, row, column) {
          let pixel = ((row + 1) * width + index * DotFont.pitch + column) * Picture.channels
          for channel in 0..<Picture.channels { pixels[pixel + channel] = 0 }
        }
      }
    }
    return try Picture(width: width, height: height, pixels: pixels)
  }
}
