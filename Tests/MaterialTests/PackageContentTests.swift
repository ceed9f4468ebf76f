import Foundation
import LoRWeBAnalogyData
import LoRWeBFiles
import Testing

@testable import LoRWeBMaterial

/// Tiny archives and fonts, written here byte by byte.
@Suite("Contents of Debian packages") struct PackageContentTests {
  @Test("reads plain and compressed files of a Qt resource archive")
  func archive() throws {
    let archive = try ResourceArchive(Bytes.archive, file: "a.rcc")
    #expect(archive.paths == ["d/packed", "d/plain"])
    #expect(try archive.content(of: "d/plain") == Data("hello".utf8))
    #expect(try archive.content(of: "d/packed") == Data("aaaaaaaaaa".utf8))
  }

  @Test("a damaged archive is refused in a sentence, wherever it is cut or changed")
  func damagedArchive() throws {
    for length in 0..<Bytes.archive.count {
      #expect(throws: GatheringError.self) {
        let archive = try ResourceArchive(Bytes.archive.prefix(length), file: "a.rcc")
        for path in archive.paths { _ = try archive.content(of: path) }
      }
    }
    for place in Bytes.archive.indices {
      var bytes = Bytes.archive
      bytes[place] ^= 0xFF
      if let archive = try? ResourceArchive(bytes, file: "a.rcc") {
        for path in archive.paths { _ = try? archive.content(of: path) }
      }
    }
    var looping = Bytes.archive
    looping[20 + 13] = 0  // the root's first child is the root
    #expect(throws: GatheringError.damaged(file: "a.rcc", format: "Qt resource archive", reason: "its tree loops")) {
      try ResourceArchive(looping, file: "a.rcc")
    }
  }

  @Test("finds the PNG of a code point in a colour bitmap font")
  func font() throws {
    let font = try EmojiFont(Bytes.font, file: "e.ttf")
    #expect(font.codePoints == [0x1F600, 0x1F601])
    #expect(try font.png(0x1F600) == Data("one".utf8))
    #expect(try font.png(0x1F601) == Data("two!".utf8))
    #expect(try font.png(0x1F602) == nil)
  }

  @Test("a damaged font is refused or has no picture, never a trap")
  func damagedFont() {
    for length in 0..<Bytes.font.count {
      #expect(throws: GatheringError.self) { try EmojiFont(Bytes.font.prefix(length), file: "e.ttf") }
    }
    for place in Bytes.font.indices {
      var bytes = Bytes.font
      bytes[place] ^= 0x80
      if let font = try? EmojiFont(bytes, file: "e.ttf") { _ = try? font.png(0x1F600) }
    }
  }

  @Test("the last paragraph of a copyright file that fits a path decides, whatever its ending became")
  func copyright() {
    let file = DebianCopyright(
      """
      Format: x

      Files: *
      Copyright: 2000 A
       2001 B
      License: GPL-3+

      Files: src/img/tower.jpg
             src/other/*
      Copyright: C
      License: CC-BY-2.0
      Comment: none

      License: GPL-3+
       Text of the licence.
      """)
    #expect(file.source(of: "src/img/tower.webp") == ("CC-BY-2.0", "C"))
    #expect(file.source(of: "src/other/deep/file.png") == ("CC-BY-2.0", "C"))
    #expect(file.source(of: "src/img/towers.webp") == ("GPL-3+", "2000 A; 2001 B"))
    #expect(DebianCopyright("").source(of: "a").licence == "see the package's copyright file")
  }

  @Test("an object's name is the last noun of the words beside it, else of its file's name")
  func names() {
    #expect(ObjectName.of("stamps/x/adelaide.png", words: "A red-eyed frog on a leaf.\nfr=…") == "frog")
    #expect(ObjectName.of("stamps/x/black_dog-2.png", words: nil) == "dog")
    #expect(EmojiCatalogue.name(0x1F436, category: "animals") == "dog")
    #expect(EmojiCatalogue.name(0x1F600, category: "faces") == "face")
  }

  @Test("a package that isn't in the folder is named")
  func missing() throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "material-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let error = #expect(throws: GatheringError.self) {
      try MaterialGathering(output: scratch.appending(path: "out"), packages: scratch).run { _ in }
    }
    #expect(error.map { "\($0)".contains("has no file gcompris-qt-data_*.deb") } == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    #expect(throws: FolderError.self) { try MaterialGathering(output: scratch) }
  }
}

/// Big-endian files.
private enum Bytes {
  static func long(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
  static func short(_ value: Int) -> [UInt8] { Array(long(value)[2...]) }

  /// `d/plain` and `d/packed`, version 1: header 20, tree 4 × 14, data, names.
  static let archive: Data = {
    // zlib's own bytes for ten times "a".
    let packed: [UInt8] = [0x78, 0x9C, 0x4B, 0x4C, 0x84, 0x01, 0x00, 0x14, 0xE1, 0x03, 0xCB]
    let plainContent = long(5) + Array("hello".utf8)
    let content = plainContent + long(4 + packed.count) + long(10) + packed
    func name(_ text: String) -> [UInt8] { short(text.count) + long(0) + text.utf8.flatMap { [0, $0] } }
    let names = name("d") + name("plain") + name("packed")
    let tree =
      long(0) + short(2) + long(1) + long(1)  // root: one child, the node 1
      + long(0) + short(2) + long(2) + long(2)  // d: two children from node 2 on
      + long(8) + short(0) + long(0) + long(0)  // plain: language, territory, offset of its data
      + long(24) + short(1) + long(0) + long(plainContent.count)
    let start = 20 + tree.count
    return Data(
      Array("qres".utf8) + long(1) + long(20) + long(start) + long(start + content.count) + tree + content + names)
  }()

  /// Two glyphs, 5 and 6, for U+1F600 and U+1F601; index format 1, image format 17.
  static let font: Data = {
    let cmap =
      short(0) + short(1) + short(3) + short(10) + long(12)  // version, one table: Windows, all of Unicode
      + short(12) + short(0) + long(28) + long(0) + long(1) + long(0x1F600) + long(0x1F601) + long(5)
    let metrics = [UInt8](repeating: 1, count: 5)
    let first = metrics + long(3) + Array("one".utf8)
    let second = metrics + long(4) + Array("two!".utf8)
    let index = short(5) + short(6) + long(8) + short(1) + short(17) + long(4) + long(0) + long(first.count)
    let places =
      long(0x30000) + long(1) + long(56) + long(0) + long(1) + long(0) + [UInt8](repeating: 0, count: 32) + index
      + long(first.count + second.count)
    let content = long(0x30000) + first + second
    let start = 12 + 3 * 16
    func entry(_ tag: String, _ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
      Array(tag.utf8) + long(0) + long(offset) + long(bytes.count)
    }
    let header =
      long(0x10000) + short(3) + [0, 0, 0, 0, 0, 0] + entry("CBDT", start + cmap.count + places.count, content)
      + entry("CBLC", start + cmap.count, places) + entry("cmap", start, cmap)
    return Data(header + cmap + places + content)
  }()
}
