/// Which emoji become cut-outs and which glyphs.
enum EmojiCatalogue {
  static let package = "fonts-noto-color-emoji"
  static let font = "usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
  static let copyright = "fonts/NotoColorEmoji.ttf"

  /// Blocks of Unicode whose emoji are objects of one category.
  static let categories: [(category: String, codePoints: ClosedRange<UInt32>)] = [
    ("animals", 0x1F400...0x1F43F), ("animals", 0x1F980...0x1F9AE), ("food", 0x1F345...0x1F37F), ("food", 0x1F950...0x1F96F),
    ("plants", 0x1F332...0x1F344), ("vehicles", 0x1F680...0x1F6F6), ("faces", 0x1F600...0x1F637),
  ]

  /// What tasks put on, beside or over objects, and one emoji a category to replace an object by.
  static let glyphs: [UInt32] = [
    // Hats, bows and shoes.
    0x1F451, 0x1F3A9, 0x1F393, 0x1F452, 0x26D1, 0x1F380, 0x1F45F, 0x1F460, 0x1F462,
    // Sky and weather.
    0x2600, 0x1F31E, 0x1F319, 0x1F31B, 0x2B50, 0x1F31F, 0x26A1, 0x2744, 0x1F308, 0x1F4A7, 0x1F525,
    // Hearts, leaves, flowers.
    0x2764, 0x1F496, 0x1F341, 0x1F342, 0x1F343, 0x1F337, 0x1F33B, 0x1F339, 0x1F33C, 0x1F338,
    // Badges.
    0x1F388, 0x1F4AC, 0x1F600, 0x1F98B, 0x1F381, 0x1F46E,
    // Objects.
    0x1F436, 0x1F431, 0x1F427, 0x1F98A, 0x1F34E, 0x1F34C, 0x1F355, 0x1F697, 0x1F680, 0x1F68C, 0x1F333, 0x1F332, 0x1F344,
    0x1F4A1, 0x1F455, 0x26BD, 0x1F3C0, 0x1F3B8, 0x1F3E0,
  ]

  /// The last word of the emoji's Unicode name, a dog face being a dog; every other face is a face.
  static func name(_ codePoint: UInt32, category: String) -> String? {
    guard category != "faces" else { return "face" }
    let words = Unicode.Scalar(codePoint)?.properties.name?.lowercased().split(separator: " ") ?? []
    return (words.count > 1 && words.last == "face" ? words.dropLast() : words).last.map(String.init)
  }
}
