import LoRWeBPictures
import Testing

@Suite("Resizing")
struct ResizingTests {
  struct Case: Decodable, CustomTestStringConvertible {
    let source, target: [Int]
    let seed: UInt64
    let channels: Int
    let filter: ResamplingFilter
    let checksum: String
    var testDescription: String { "\(filter) \(channels) channels \(source) to \(target)" }
  }

  @Test("every size, filter and mode equals Pillow to the bit")
  func equalsPillow() throws {
    let cases: [Case] = try Fixtures.json("resize.json")
    #expect(cases.count == 208)
    for answer in cases {
      let picture = try Fixtures.noise(
        PictureSize(width: answer.source[0], height: answer.source[1]), channels: answer.channels, seed: answer.seed)
      let size = PictureSize(width: answer.target[0], height: answer.target[1])
      let resized = try picture.resized(to: size, filter: answer.filter)
      #expect(resized.size == size)
      #expect(Fixtures.checksum(resized) == answer.checksum, "\(answer.testDescription)")
    }
  }

  @Test("absurd sizes are refused before anything is allocated")
  func absurdSizes() throws {
    let picture = try Picture(size: PictureSize(width: 2, height: 2), filledWith: .white)
    for (width, height) in [(0, 4), (4, -1), (Int.max, 2), (1 << 21, 1), (1 << 18, 1 << 18)] {
      let size = PictureSize(width: width, height: height)
      #expect(throws: PicturesError.badSize(size)) { try picture.resized(to: size) }
    }
  }
}
