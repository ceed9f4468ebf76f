import Foundation

/// Capital letters and digits of 5 × 7 dots, one every 6 dots, for labels and for words in pictures.
enum DotFont {
  static let (width, pitch, height) = (5, 6, 7)

  /// Two hexadecimal digits a row from the top, the highest of five bits to the left.
  private static let letters: [Character: UInt64] = [
    "A": 0x0E_1111_1F11_1111, "B": 0x1E_1111_1E11_111E, "C": 0x0E_1110_1010_110E, "D": 0x1E_1111_1111_111E,
    "E": 0x1F_1010_1E10_101F, "F": 0x1F_1010_1E10_1010, "G": 0x0E_1110_1711_110F, "H": 0x11_1111_1F11_1111,
    "I": 0x0E_0404_0404_040E, "J": 0x07_0202_0202_120C, "K": 0x11_1214_1814_1211, "L": 0x10_1010_1010_101F,
    "M": 0x11_1B15_1511_1111, "N": 0x11_1119_1513_1111, "O": 0x0E_1111_1111_110E, "P": 0x1E_1111_1E10_1010,
    "R": 0x1E_1111_1E14_1211, "S": 0x0F_1010_0E01_011E, "T": 0x1F_0404_0404_0404, "U": 0x11_1111_1111_110E,
    "V": 0x11_1111_1111_0A04, "W": 0x11_1111_1515_150A, "Y": 0x11_1111_0A04_0404, "Z": 0x1F_0102_0408_101F,
    "0": 0x0E_1113_1519_110E, "1": 0x04_0C04_0404_040E, "2": 0x0E_1101_0204_081F, "3": 0x1F_0204_0201_110E,
    "4": 0x02_060A_121F_0202, "5": 0x1F_101E_0101_110E, "6": 0x06_0810_1E11_110E, "7": 0x1F_0102_0408_0808,
    "8": 0x0E_1111_0E11_110E, "9": 0x0E_1111_0F01_020C, "Q": 0x0E_1111_1115_120D, "X": 0x11_110A_040A_1111,
    ".": 0x00_0000_0000_0C0C, ",": 0x00_0000_000C_0408, "-": 0x00_0000_1F00_0000,
  ]

  /// The A of words has its bar a row lower than that of labels: rendered sets are fixed to the pixel.
  private static let lowA: UInt64 = 0x0E_1111_111F_1111

  /// Whether a character has a dot in a row from the top and a column from the left; one that isn't there has none.
  static func isDot(_ character: Character, _ row: Int, _ column: Int, inWord: Bool = false) -> Bool {
    let dots = inWord && character == "A" ? lowA : letters[character] ?? 0
    return dots >> UInt64(8 * (height - 1 - row) + width - 1 - column) & 1 == 1
  }

  /// Whether (x, y), in dots from a word's upper left corner, is ink.
  fileprivate static func isInk(_ word: [Character], _ x: Float, _ y: Float) -> Bool {
    guard x >= 0, y >= 0, y < Float(height) else { return false }
    let (place, column) = Int(x).quotientAndRemainder(dividingBy: pitch)
    return place < word.count && column < width && isDot(word[place], Int(y), column, inWord: true)
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
        if DotFont.isInk(characters, at.x, at.y) { covered += 0.25 }
      }
      return covered
    }
  }
}
