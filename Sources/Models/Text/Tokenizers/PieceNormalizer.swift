/// sentencepiece's way from a text to the bytes its pieces are looked for in, with the settings of its `NormalizerSpec`.
public struct PieceNormalizer: Sendable {
  /// nil keeps every character.
  public var characters: CharacterMap?
  /// A space before the text, so that a first word is like any other (`add_dummy_prefix`).
  public var addsSpace = true
  /// No spaces around the text, and only one between words (`remove_extra_whitespaces`).
  public var removesSpaces = true
  /// Spaces are written as U+2581 (`escape_whitespaces`).
  public var escapesSpaces = true

  /// sentencepiece's defaults.
  public init() {}

  private static let space = UInt8(ascii: " ")
  private var written: [UInt8] { escapesSpaces ? Array("\u{2581}".utf8) : [Self.space] }

  /// The bytes of a text, and for each the bytes of the text's UTF-8 that it comes from.
  func normalized(_ text: String) -> (bytes: [UInt8], sources: [Range<Int>]) {
    let utf8 = Array(text.utf8)
    var bytes: [UInt8] = []
    var sources: [Range<Int>] = []
    func append(_ more: [UInt8], from source: Range<Int>) {
      bytes += more
      sources += Array(repeating: source, count: more.count)
    }
    var at = 0
    if removesSpaces {
      while at < utf8.count, case let (length, text) = step(utf8[at...]), text.elementsEqual([Self.space]) { at += length }
    }
    guard at < utf8.count else { return ([], []) }
    if addsSpace { append(written, from: at..<at) }
    var isAfterSpace = removesSpaces
    while at < utf8.count {
      let (length, text) = step(utf8[at...])
      let rest = isAfterSpace ? text.drop { $0 == Self.space } : text
      for byte in rest { append(byte == Self.space ? written : [byte], from: at..<at + length) }
      if let last = rest.last { isAfterSpace = last == Self.space }
      if !removesSpaces { isAfterSpace = false }
      at += length
    }
    while removesSpaces, bytes.suffix(written.count) == written[...] {
      bytes.removeLast(written.count)
      sources.removeLast(written.count)
    }
    return (bytes, sources)
  }

  /// How many bytes of a text are taken next, and what they become: one character stays as it is where the map has no key.
  private func step(_ text: ArraySlice<UInt8>) -> (length: Int, text: ArraySlice<UInt8>) {
    if let found = characters?.replacement(at: text) { return found }
    let character = text.prefix(UTF8.length(from: text.first ?? 0))
    return (character.count, character)
  }
}
