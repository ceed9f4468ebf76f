import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

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
    let scratch = try TemporaryFolder()
    func expectRefusal(_ words: String) {
      let error = #expect(throws: MaterialError.self) { try Material(folder: scratch.url) }
      #expect(error.map { "\($0)".contains(words) } == true, "\(String(describing: error))")
    }
    expectRefusal("there is no manifest.json")
    try scratch.write("{", to: "manifest.json")
    expectRefusal("end of file")
    try scratch.write(#"{"version":2}"#, to: "manifest.json")
    expectRefusal("of version 2")
    try scratch.write(#"{"version":1,"photos":[],"cutouts":[]}"#, to: "manifest.json")
    expectRefusal("the key glyphs is missing")
    let rest = #""licence":"","credit":"","package":"""#
    for (file, words) in [("../a.png", "leads out"), ("a.png", "no such file")] {
      let glyph = #"{"id":"1","file":"\#(file)",\#(rest)}"#
      try scratch.write(#"{"version":1,"photos":[],"cutouts":[],"glyphs":[\#(glyph)]}"#, to: "manifest.json")
      expectRefusal(words)
    }
  }
}
