import Foundation
import LoRWeBPictures
import Testing

@testable import LoRWeBAnalogyData

@Suite("Material folder") struct MaterialFolderTests {
  static let folder = SetFixtures.folder.appending(path: "material")

  @Test("reads pictures with their kinds and parts; a part has its own photos and cut-outs and all glyphs")
  func reads() throws {
    let material = try Material(folder: Self.folder)
    #expect(material.photos.count == 12 && material.cutouts.count == 12 && material.glyphs.count == 55)
    #expect(material.photos.allSatisfy { $0.picture.alpha == nil && min($0.picture.width, $0.picture.height) == 200 })
    #expect(material.cutouts.allSatisfy { $0.picture.alpha != nil && max($0.picture.width, $0.picture.height) == 112 })
    #expect(material.glyphs["1f451"]?.alpha != nil)
    let (train, test) = (material.part(.train), material.part(.test))
    #expect(train.photos.count + test.photos.count == 12 && train.cutouts.count + test.cutouts.count == 12)
    #expect(test.photos.filter { $0.kind == .scenery }.count == 2 && test.cutouts.allSatisfy { $0.part == .test })
    #expect(test.glyphs.count == 55)
  }

  @Test("refuses in one sentence what isn't there, is damaged or leads out of the folder")
  func refuses() throws {
    let scratch = try ScratchFolder()
    func expectRefusal(_ words: String) {
      let error = #expect(throws: MaterialError.self) { try Material(folder: scratch.url) }
      #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }
    expectRefusal("there is no manifest.json")
    try scratch.write("manifest.json", "{")
    expectRefusal("it is no JSON")
    try scratch.write("manifest.json", #"{"version":2}"#)
    expectRefusal("of version 2")
    try scratch.write("manifest.json", #"{"version":1,"photos":[],"cutouts":[]}"#)
    expectRefusal("has no glyphs")
    let rest = #""licence":"","credit":"","package":"""#
    for (file, words) in [("../a.png", "leads out"), ("a.png", "no such file")] {
      let glyph = #"{"id":"1","file":"\#(file)",\#(rest)}"#
      try scratch.write("manifest.json", #"{"version":1,"photos":[],"cutouts":[],"glyphs":[\#(glyph)]}"#)
      expectRefusal(words)
    }
  }

  @Test("fifteen files of a hundred are for tests, always the same, and at least two of a kind")
  func divides() {
    let names = (0..<1000).map { "file\($0).png" }
    let division = MaterialDivision(["many": names, "few": ["a", "b", "c", "d", "e", "f", "g"], "one": ["a"]])
    #expect((120...180).contains(names.count { division.part(of: $0, kind: "many") == .test }))
    #expect(["a", "b", "c", "d", "e", "f", "g"].count { division.part(of: $0, kind: "few") == .test } >= 2)
    #expect(division.part(of: "a", kind: "one") == .train)
    // SHA-256("a") begins with ca978112ca1bbdca.
    #expect(MaterialDivision.number("a") == 0xCA97_8112_CA1B_BDCA)
  }

  @Test("photos come to 200 pixels, cut-outs to 112; full rectangles and lines are no cut-outs")
  func workingSize() throws {
    #expect(try Material.photo(.flat(800, 400)).size == PictureSize(width: 400, height: 200))
    #expect(try Material.photo(.flat(100, 50)).size == PictureSize(width: 300, height: 150))
    #expect(try Material.photo(.flat(160, 150)).size == PictureSize(width: 160, height: 150))
    let disc = try Picture.flat(200, 200) { x, y in (x - 100) * (x - 100) + (y - 80) * (y - 80) < 2500 }
    let cutout = try #require(try Material.cutout(disc))
    #expect(max(cutout.width, cutout.height) == 112 && min(cutout.width, cutout.height) >= 110)
    #expect(try Material.cutout(.flat(200, 200)) == nil)
    #expect(try Material.cutout(.flat(200, 200) { _, y in (40..<60).contains(y) }) == nil)
    #expect(try Material.cutout(.flat(200, 200) { x, y in x > 50 && y > 50 }) == nil)
  }
}

extension Picture {
  fileprivate static func flat(_ width: Int, _ height: Int, visible: ((Int, Int) -> Bool)? = nil) throws -> Picture {
    let alpha = visible.map { visible in
      (0..<width * height).map { visible($0 % width, $0 / width) ? 255 : UInt8(0) }
    }
    return try Picture(width: width, height: height, pixels: [UInt8](repeating: 90, count: width * height * 3), alpha: alpha)
  }
}
