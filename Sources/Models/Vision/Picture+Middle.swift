import LoRWeBPictures

extension Picture {
  /// A rectangle from the middle, rounded towards the upper left; what lies outside the picture is black.
  func cutFromMiddle(_ size: PictureSize) throws -> Picture {
    // A shift and not a division: it rounds down for negative numbers too, as transformers does.
    let (left, top) = ((width - size.width) >> 1, (height - size.height) >> 1)
    let columns = max(0, left)..<min(width, left + size.width)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * Picture.channels)
    for row in max(0, top)..<min(height, top + size.height) {
      let source = (row * width + columns.lowerBound) * Picture.channels
      let target = ((row - top) * size.width + columns.lowerBound - left) * Picture.channels
      let length = columns.count * Picture.channels
      pixels.replaceSubrange(target..<target + length, with: self.pixels[source..<source + length])
    }
    return try Picture(width: size.width, height: size.height, pixels: pixels)
  }
}
