import Foundation
import LoRWeBPictures
import Testing

@Suite("Detail transfer")
struct DetailTransferTests {
  private func picture(_ name: String) throws -> Picture {
    try Picture(contentsOf: Fixtures.folder.appending(path: "details/\(name).png"))
  }

  @Test("equals the numpy version in double precision", arguments: ["sepia", "golden", "sun"])
  func equalsNumpy(edit: String) throws {
    let result = try DetailTransfer().apply(to: picture("b"), guide: picture("guide"), target: picture("target-\(edit)"))
    let expected = try picture("result-\(edit)")
    #expect(Fixtures.distance(result.pixels, expected.pixels) <= 1)
    let differing = zip(result.pixels, expected.pixels).filter { $0 != $1 }.count
    #expect(differing * 100 <= result.pixels.count, "\(differing) of \(result.pixels.count) samples differ by one level")
  }

  @Test(
    "comes nearer to the edit done at full size than enlarging does",
    arguments: [("sepia", 6.0), ("golden", 6.0), ("sun", 1.0)])
  func beatsEnlarging(edit: String, gain: Double) throws {
    let (b, target, wanted) = try (picture("b"), picture("target-\(edit)"), picture("wanted-\(edit)"))
    let carried = try DetailTransfer().apply(to: b, guide: picture("guide"), target: target)
    let enlarged = try target.resized(to: b.size, filter: .bicubic)
    #expect(Fixtures.psnr(carried, wanted) > Fixtures.psnr(enlarged, wanted) + gain)
  }

  @Test("where an object was added the enlarged picture shows")
  func blend() throws {
    let (b, guide, target) = try (picture("b"), picture("guide"), picture("target-sun"))
    let blended = try DetailTransfer().apply(to: b, guide: guide, target: target)
    let carried = try DetailTransfer(threshold: 100).apply(to: b, guide: guide, target: target)
    let sun = PictureRectangle(x: 22, y: 17, width: 42, height: 32)
    let wanted = try picture("wanted-sun").cropped(to: sun)
    #expect(try Fixtures.psnr(blended.cropped(to: sun), wanted) > Fixtures.psnr(carried.cropped(to: sun), wanted) + 0.5)
  }

  @Test("no edit leaves b as it is, alpha is put back, and any size works")
  func identity() throws {
    let (b, guide) = try (picture("b"), picture("guide"))
    let same = try DetailTransfer().apply(to: b, guide: guide, target: guide)
    #expect(Fixtures.psnr(same, b) > 35)
    let alpha = (0..<b.width * b.height).map { UInt8($0 % 256) }
    #expect(try DetailTransfer().apply(to: b.withAlpha(alpha), guide: guide, target: guide).alpha == alpha)
    for (width, height) in [(1, 1), (1, 9), (7, 1), (2, 2)] {
      let size = PictureSize(width: width, height: height)
      let tiny = try guide.resized(to: size)
      #expect(try DetailTransfer().apply(to: b, guide: tiny, target: tiny).size == b.size)
      #expect(try DetailTransfer().apply(to: tiny, guide: guide, target: guide).size == size)
    }
  }

  @Test("wrong sizes and settings out of range are one sentence each")
  func refusals() throws {
    let (b, guide) = try (picture("b"), picture("guide"))
    #expect(throws: PicturesError.wrongSize(what: "The guide of a detail transfer", expected: guide.size, found: b.size)) {
      try DetailTransfer().apply(to: b, guide: b, target: guide)
    }
    for bad in [
      DetailTransfer(sigma: 0), DetailTransfer(sigma: .nan), DetailTransfer(epsilon: 0), DetailTransfer(steepness: -1),
      DetailTransfer(threshold: .infinity),
    ] {
      #expect(throws: PicturesError.self) { try bad.apply(to: b, guide: guide, target: guide) }
    }
  }
}
