import Foundation

/// The PNG pictures in a colour bitmap font (OpenType's CBDT and CBLC tables), which is how Noto keeps its emoji.
struct EmojiFont {
  private let bytes: PackedBytes
  /// Code point → glyph.
  private let glyphs: [UInt32: Int]
  /// Glyph → the bytes of its PNG file.
  private let pictures: [Int: Range<Int>]

  /// Code points that have a picture, in order.
  var codePoints: [UInt32] { glyphs.filter { pictures[$0.value] != nil }.keys.sorted() }

  /// - Parameter file: what errors call the font.
  init(_ data: Data, file: String) throws(GatheringError) {
    bytes = PackedBytes(data, file: file, format: "colour bitmap font")
    var tables: [String: Int] = [:]
    for index in 0..<(try bytes.short(at: 4)) {
      let entry = 12 + 16 * index
      tables[String(decoding: try bytes.bytes(at: entry, count: 4), as: UTF8.self)] = try bytes.long(at: entry + 8)
    }
    guard let cmap = tables["cmap"], let places = tables["CBLC"], let content = tables["CBDT"] else {
      throw bytes.damage("it lacks one of the tables cmap, CBLC and CBDT")
    }
    glyphs = try Self.glyphs(bytes, cmap: cmap)
    pictures = try Self.pictures(bytes, places: places, content: content)
  }

  /// The PNG file of a code point, nil if the font has none.
  func png(_ codePoint: UInt32) throws(GatheringError) -> Data? {
    guard let range = glyphs[codePoint].flatMap({ pictures[$0] }) else { return nil }
    return try bytes.bytes(at: range.lowerBound, count: range.count)
  }

  /// Format 12 is the one for code points beyond 16 bits: groups of first and last code point and the first's glyph.
  private static func glyphs(_ bytes: PackedBytes, cmap: Int) throws(GatheringError) -> [UInt32: Int] {
    for index in 0..<(try bytes.short(at: cmap + 2)) {
      let table = cmap + (try bytes.long(at: cmap + 4 + 8 * index + 4))
      guard try bytes.short(at: table) == 12 else { continue }
      var glyphs: [UInt32: Int] = [:]
      for group in 0..<(try bytes.long(at: table + 12)) {
        let place = table + 16 + 12 * group
        let (first, last, glyph) = try (bytes.long(at: place), bytes.long(at: place + 4), bytes.long(at: place + 8))
        guard first <= last, last <= 0x10_FFFF, glyph + last - first <= 0xFFFF else {
          throw bytes.damage("a group of code points is out of order")
        }
        for code in first...last { glyphs[UInt32(truncatingIfNeeded: code)] = glyph + code - first }
      }
      return glyphs
    }
    throw bytes.damage("it has no table of code points in format 12")
  }

  /// The first strike's pictures; emoji fonts have one.
  private static func pictures(_ bytes: PackedBytes, places: Int, content: Int) throws(GatheringError) -> [Int: Range<Int>] {
    guard try bytes.long(at: places + 4) > 0 else { throw bytes.damage("it has no size of bitmaps") }
    let array = places + (try bytes.long(at: places + 8))
    var pictures: [Int: Range<Int>] = [:]
    for index in 0..<(try bytes.long(at: places + 16)) {
      let entry = array + 8 * index
      let (first, last) = (try bytes.short(at: entry), try bytes.short(at: entry + 2))
      let table = array + (try bytes.long(at: entry + 4))
      guard first <= last else { throw bytes.damage("a range of glyphs is out of order") }
      let (index, bitmaps) = (try bytes.short(at: table), try bytes.short(at: table + 2))
      guard let width = [1: 4, 3: 2][index] else {
        throw bytes.damage("its index is of format \(index), formats 1 and 3 are read")
      }
      guard let metrics = [17: 5, 18: 8, 19: 0][bitmaps] else {
        throw bytes.damage("its bitmaps are of format \(bitmaps), formats 17 to 19 hold PNG files")
      }
      let start = content + (try bytes.long(at: table + 4))
      func offset(_ glyph: Int) throws(GatheringError) -> Int {
        let place = table + 8 + width * (glyph - first)
        return width == 4 ? try bytes.long(at: place) : try bytes.short(at: place)
      }
      for glyph in first...last where try offset(glyph) < offset(glyph + 1) {
        let place = start + (try offset(glyph)) + metrics
        let length = try bytes.long(at: place)
        _ = try bytes.bytes(at: place + 4, count: length)
        pictures[glyph] = place + 4..<place + 4 + length
      }
    }
    return pictures
  }
}
