import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import Testing

@testable import LoRWeBMaterial

@Suite("Pictures become material") struct WorkingMaterialTests {
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
