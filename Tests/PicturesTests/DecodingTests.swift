import Foundation
import LoRWeBPictures
import Testing

@Suite("Decoding")
struct DecodingTests {
  struct Answer: Decodable {
    let file: String
    let width, height, tolerance: Int
    let samples: Data
    let alpha: Data?
  }

  @Test("every form of PNG, JPEG and WebP gives the samples Pillow and little-cms find")
  func everyForm() throws {
    let answers: [Answer] = try Fixtures.json("decoding.json")
    #expect(answers.count >= 60)
    for answer in answers {
      let picture = try Picture(contentsOf: Fixtures.folder.appending(path: "decoding/\(answer.file)"))
      #expect(picture.size == PictureSize(width: answer.width, height: answer.height), "\(answer.file)")
      let distance = Fixtures.distance(picture.pixels, Array(answer.samples))
      #expect(distance <= answer.tolerance, "\(answer.file): off by \(distance)")
      #expect((picture.alpha == nil) == (answer.alpha == nil), "\(answer.file)")
      if let alpha = picture.alpha, let expected = answer.alpha { #expect(alpha == Array(expected), "\(answer.file)") }
    }
  }

  @Test("the eight orientations really differ as stored, and agree once read")
  func orientations() throws {
    for ending in ["png", "jpg", "webp"] {
      let pictures = try (1...8).map { try Fixtures.decoding("orientation\($0).\(ending)") }
      #expect(Set(pictures.map(\.pixels)).count == 8)
      #expect(pictures.prefix(4).allSatisfy { $0.size == PictureSize(width: 20, height: 13) })
      #expect(pictures.suffix(4).allSatisfy { $0.size == PictureSize(width: 13, height: 20) })
    }
  }

  @Test("an orientation that makes no sense, or a directory that points nowhere, leaves the picture as stored")
  func brokenOrientation() throws {
    let upright = try Fixtures.decoding("orientation1.webp")
    let bytes = try Data(contentsOf: Fixtures.folder.appending(path: "decoding/orientation6.webp"))
    let tiff = try #require(bytes.range(of: Data([0x49, 0x49, 0x2A, 0x00])))
    for (offset, value) in [(18, UInt8(9)), (18, 0), (4, 200), (7, 255), (8, 0), (12, 1)] {
      var broken = bytes
      broken[tiff.lowerBound + offset] = value
      #expect(try Picture(data: broken) == upright)
    }
  }

  @Test("a wide-gamut profile is converted, not dropped")
  func profilesMatter() throws {
    let plain = try Fixtures.decoding("rgb.png")
    for name in ["p3.png", "adobe.png", "p3-16.png", "linear-gamma.png", "p3-chromaticities.png"] {
      #expect(Fixtures.distance(try Fixtures.decoding(name).pixels, plain.pixels) > 20, "\(name)")
    }
  }
}
