/// What sentencepiece replaces in a text before it looks for pieces: the longest of the map's keys that stands at a place becomes
/// the key's replacement (its `precompiled_charsmap`).
///
/// The bytes are a length, a double-array trie (Yata 2007, as darts-clone lays it out) of that many bytes in units of 32 bits,
/// and replacements that end with a zero each. A unit is an offset to its children with two flags and the byte that leads to it;
/// from unit `i` the byte `c` leads to `i ^ offset ^ c`. A child by the zero byte holds a value, the place of the replacement.
public struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 0x200) >> 6)) }
  private static func hasValue(_ unit: UInt32) -> Bool { unit & 0x100 != 0 }
  private static func isValue(_ unit: UInt32) -> Bool { unit >> 31 == 1 }
  private static func value(_ unit: UInt32) -> Int { Int(unit & 0x7FFF_FFFF) }

  /// - Returns: nil if a step through the trie or a replacement would lie outside.
  public init?(_ bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard bytes.count > 4, bytes.last == 0 else { return nil }
    func word(_ at: Int) -> UInt32 { bytes[at..<at + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    let size = Int(word(0))
    guard size > 0, size % 4 == 0, size < bytes.count - 4 else { return nil }
    let units = stride(from: 4, to: 4 + size, by: 4).map(word)
    let replacements = Array(bytes[(4 + size)...])
    for (index, unit) in units.enumerated() where index == 0 || !Self.isValue(unit) {
      let children = index ^ Self.offset(unit)
      guard children | 0xFF < units.count else { return nil }
      guard !Self.hasValue(unit) || Self.value(units[children]) < replacements.count else { return nil }
    }
    (self.units, self.replacements) = (units, replacements)
  }

  /// The length of the longest key at the beginning of a text, and what it becomes; nil if none stands there.
  func replacement(at text: ArraySlice<UInt8>) -> (length: Int, text: ArraySlice<UInt8>)? {
    var found: (length: Int, value: Int)?
    var children = Self.offset(units[0])
    for (index, byte) in text.enumerated() {
      let unit = units[children ^ Int(byte)]
      guard unit & 0x8000_00FF == byte else { break }
      children ^= Int(byte) ^ Self.offset(unit)
      if Self.hasValue(unit) { found = (index + 1, Self.value(units[children])) }
    }
    return found.map { ($0.length, replacements[$0.value...].prefix { $0 != 0 }) }
  }
}
