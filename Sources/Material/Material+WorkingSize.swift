import LoRWeBAnalogyData
import LoRWeBPictures

/// How pictures are brought to working size, and which aren't worth it.
extension Material {
  /// A photo's shorter side in pixels.
  static let photoSide = 200
  /// A cut-out's longest side in pixels.
  static let cutoutSide = 112
  /// A glyph's longest side in pixels.
  static let glyphSide = 128

  /// An opaque picture whose shorter side is about 200 pixels; smaller ones stay as they are from 140 on, below they grow to 150.
  static func photo(_ picture: Picture) throws -> Picture {
    let side = min(picture.width, picture.height)
    let opaque = picture.composited()
    if side >= photoSide { return try opaque.scaled(by: Double(photoSide) / Double(side)) }
    return side < 140 ? try opaque.scaled(by: 150 / Double(side)) : opaque
  }

  /// An object cropped to what is visible of it, its longest side 112 pixels; nil if there is hardly anything, if it is nearly a
  /// full rectangle, or a line.
  static func cutout(_ picture: Picture) throws -> Picture? {
    guard let visible = try visiblePart(picture) else { return nil }
    let small = try visible.scaled(by: Double(cutoutSide) / Double(max(visible.width, visible.height)))
    guard min(small.width, small.height) >= 24, let alpha = small.alpha else { return nil }
    let share = Double(alpha.count { $0 > 128 }) / Double(alpha.count)
    return (0.3...0.93).contains(share) ? small : nil
  }

  /// A symbol cropped to what is visible of it, its longest side 128 pixels.
  static func glyph(_ picture: Picture) throws -> Picture? {
    guard let visible = try visiblePart(picture) else { return nil }
    return try visible.scaled(by: Double(glyphSide) / Double(max(visible.width, visible.height)))
  }

  /// The rectangle round all pixels with some coverage, nil if they are less than 5 % or the picture is opaque.
  private static func visiblePart(_ picture: Picture) throws -> Picture? {
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
    return try picture.cropped(to: PictureRectangle(x: left, y: top, width: right - left + 1, height: bottom - top + 1))
  }
}

extension Picture {
  fileprivate func scaled(by factor: Double) throws -> Picture {
    func side(_ length: Int) -> Int { max(1, Int((Double(length) * factor).rounded())) }
    return try resized(to: PictureSize(width: side(width), height: side(height)))
  }
}
