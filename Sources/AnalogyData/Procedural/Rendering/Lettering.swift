import Foundation

/// Words in letters of 5×7 squares.
enum Lettering {
  /// Columns from the left, the lowest bit at the top.
  private static let letters: [Character: [UInt8]] = [
    "A": [0x7E, 0x11, 0x11, 0x11, 0x7E], "E": [0x7F, 0x49, 0x49, 0x49, 0x41], "H": [0x7F, 0x08, 0x08, 0x08, 0x7F],
    "L": [0x7F, 0x40, 0x40, 0x40, 0x40], "O": [0x3E, 0x41, 0x41, 0x41, 0x3E], "P": [0x7F, 0x09, 0x09, 0x09, 0x06],
    "S": [0x46, 0x49, 0x49, 0x49, 0x31], "T": [0x01, 0x01, 0x7F, 0x01, 0x01], "V": [0x1F, 0x20, 0x40, 0x20, 0x1F],
    "W": [0x3F, 0x40, 0x38, 0x40, 0x3F], "Y": [0x07, 0x08, 0x70, 0x08, 0x07],
  ]

  /// Whether (x, y), in letter squares from the word's upper left corner, is ink.
  static func isInk(_ word: [Character], _ x: Float, _ y: Float) -> Bool {
    guard x >= 0, y >= 0, y < 7 else { return false }
    let column = Int(x)
    guard column / 6 < word.count, column % 6 < 5, let letter = letters[word[column / 6]] else { return false }
    return letter[column % 6] >> UInt8(y) & 1 == 1
  }
}

extension Mask {
  /// A word with its middle at `center` in letters of a height; turned by an angle, repeated at `pitch` if there is one.
  static func word(
    _ word: String, side: Int, center: SIMD2<Float>, height: Float, angle: Float = 0, pitch: SIMD2<Float>? = nil
  ) -> Mask {
    let characters = Array(word)
    let square = height / 7
    let middle = SIMD2(Float(characters.count) * 6 - 1, 7) / 2
    let (sine, cosine) = (sin(angle), cos(angle))
    let quarter = 0.25 / Float(side)
    return Mask(side: side) { x, y in
      var covered: Float = 0
      for (dx, dy) in [(-quarter, -quarter), (quarter, -quarter), (-quarter, quarter), (quarter, quarter)] {
        let offset = SIMD2(x + dx, y + dy) - center
        var place = SIMD2(offset.x * cosine + offset.y * sine, offset.y * cosine - offset.x * sine)
        if let pitch { place -= pitch * (place / pitch).rounded(.toNearestOrAwayFromZero) }
        let at = place / square + middle
        if Lettering.isInk(characters, at.x, at.y) { covered += 0.25 }
      }
      return covered
    }
  }
}
