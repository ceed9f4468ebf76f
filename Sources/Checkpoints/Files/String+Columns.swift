/// How wide a text stands on a terminal, for tables whose names may be in any script.
extension String {
  /// Columns a terminal gives the text: two a character of East Asia's scripts or an emoji, none a mark that joins another, else one.
  public var columns: Int { reduce(0) { $0 + Self.columns(of: $1) } }
  /// The whole text and blanks up to `columns`; longer ones stay as they are.
  public func padded(toColumns count: Int) -> String { self + String(repeating: " ", count: max(0, count - columns)) }

  private static func columns(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    // An emoji may be a sequence: people joined, flags of two letters, a plain sign told to be coloured.
    if character.unicodeScalars.contains(where: { $0.properties.isEmojiPresentation || $0.value == 0xFE0F }) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return wide.contains { $0.contains(first.value) } ? 2 : 1
    }
  }

  /// The blocks of wide and fullwidth characters of Unicode's EastAsianWidth.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
    0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x17000...0x18CFF,
    0x1B000...0x1B2FF, 0x1F200...0x1F2FF, 0x20000...0x3FFFD,
  ]
}
