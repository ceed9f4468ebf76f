import Foundation

/// Words in letters of 5×7 squares.
enum Lettering {
  /// The A of words has its bar a row lower than that of labels: rendered sets are fixed to the pixel.
  private static let lowA: [UInt8] = [0x0E, 0x11, 0x11, 0x11, 0x1F, 0x11, 0x11]

  /// Whether (x, y), in letter squares from the word's upper left corner, is ink.
  static func isInk(_ word: [Character], _ x: Float, _ y: Float) -> Bool {
    guard x >= 0, y >= 0, y < Float(DotFont.height) else { return false }
    let (place, column) = Int(x).quotientAndRemainder(dividingBy: DotFont.pitch)
    guard place < word.count, column < DotFont.width else { return false }
    let rows = word[place] == "A" ? lowA : DotFont.rows(of: word[place])
    return Int(y) < rows.count && DotFont.isDot(rows[Int(y)], column)
  }
}

extension Mask {
  /// A word with its middle at `center` in letters of a height; turned by an angle, repeated at `pitch` if there is one.
  static func word(
    _ word: String, side: Int, center: SIMD2<Float>, height: Float, angle: Float = 0, pitch: SIMD2<Float>? = nil
  ) -> Mask {
    let characters = Array(word)
    let square = height / Float(DotFont.height)
    let middle = SIMD2(Float(characters.count * DotFont.pitch - 1), Float(DotFont.height)) / 2
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
