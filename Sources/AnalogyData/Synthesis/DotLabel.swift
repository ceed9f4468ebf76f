import LoRWeBPictures

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
