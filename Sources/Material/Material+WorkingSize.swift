import LoRWeBAnalogyData
import LoRWeBPictures

/// How pictures are brought to working size, and which aren't worth it.
extension Material {
  /// An opaque picture whose shorter side is about 200 pixels; smaller ones stay as they are from 140 on, below they grow to 150.
  static func photo(_ picture: Picture) throws -> Picture {
    let side = min(picture.width, picture.height)
    let opaque = picture.composited()
    if side >= 200 { return try opaque.scaled(by: 200 / Double(side)) }
    return side < 140 ? try opaque.scaled(by: 150 / Double(side)) : opaque
  }

  /// An object cropped to what is visible of it, its longest side 112 pixels; nil if there is hardly anything, if it is nearly a
  /// full rectangle, or a line.
  static func cutout(_ picture: Picture) throws -> Picture? {
    guard let small = try visiblePart(picture, side: 112), min(small.width, small.height) >= 24, let alpha = small.alpha else {
      return nil
    }
    let share = Double(alpha.count { $0 > 128 }) / Double(alpha.count)
    return (0.3...0.93).contains(share) ? small : nil
  }

  /// A symbol cropped to what is visible of it, its longest side 128 pixels.
  static func glyph(_ picture: Picture) throws -> Picture? { try visiblePart(picture, side: 128) }

  /// The rectangle round all pixels with some coverage at a longest side, nil if they are less than 5 % or the picture is opaque.
  private static func visiblePart(_ picture: Picture, side: Int) throws -> Picture? {
    guard let alpha = picture.alpha else { return nil }
    let threshold: UInt8 = 40
    var (left, right, top, bottom, count) = (picture.width, -1, picture.height, -1, 0)
    for y in 0..<picture.height {
      for x in 0..<picture.width where alpha[y * picture.width + x] > threshold {
        (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
        count += 1
      }
    }
    guard right >= left, count * 20 >= alpha.count else { return nil }
    let visible = PictureRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    return try picture.cropped(to: visible).scaled(by: Double(side) / Double(max(visible.width, visible.height)))
  }
}

extension Picture {
  fileprivate func scaled(by factor: Double) throws -> Picture {
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * factor).rounded())) }
    return try resized(to: PictureSize(width: side(width), height: side(height)))
  }
}
