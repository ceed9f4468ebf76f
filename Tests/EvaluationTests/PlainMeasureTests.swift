import LoRWeBEvaluation
import LoRWeBPictures
import Testing

@Suite("Plain measures")
struct PlainMeasureTests {
  /// One line of Answers/plain.json.
  struct Answer: Decodable {
    let truth: String
    let output: String
    let size: [Int]
    let b: String
    let changed: Int
    let mse: Double
    let ssim: Double
    let changed_mse: Double
    let changed_ssim: Double

    func picture() throws -> Picture {
      let digits = Array(b.utf8)
      let pixels = stride(from: 0, to: digits.count, by: 2).compactMap { start in
        UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16)
      }
      return try Picture(width: size[0], height: size[1], pixels: pixels)
    }
  }

  @Test("MSE and SSIM of the whole and of changed pixels equal scikit-image's and numpy's")
  func answers() throws {
    let answers: [Answer] = try Answers.json("plain.json")
    #expect(answers.count == 6)
    for answer in answers {
      let b = try answer.picture()
      let (truth, output) = try (b.edited(answer.truth), b.edited(answer.output))
      let changed = try ChangedPixels(from: b, to: truth)
      #expect(changed.count == answer.changed)
      let similarity = try StructuralSimilarity(output, .init(truth))
      #expect(abs(try #require(try meanSquaredError(output, to: truth)) - answer.mse) < 1e-12)
      #expect(abs(try #require(try meanSquaredError(output, to: truth, on: changed)) - answer.changed_mse) < 1e-12)
      #expect(abs(similarity.mean - answer.ssim) < 1e-9)
      #expect(abs(try #require(try similarity.mean(on: changed)) - answer.changed_ssim) < 1e-9)
    }
  }

  @Test("A threshold of 0.05 lies between 12 and 13 levels; one channel is enough")
  func threshold() throws {
    let b = try Picture(width: 2, height: 1) { _, _, _ in 100 }
    let edited = try Picture(width: 2, height: 1) { _, x, channel in channel == 1 ? (x == 0 ? 113 : 112) : 100 }
    let changed = try ChangedPixels(from: b, to: edited)
    #expect(changed.mask == [true, false])
    #expect(changed.share == 0.5)
  }

  @Test("Equal pictures have no error, similarity 1, no finite PSNR and nothing on changed pixels")
  func equal() throws {
    let picture = try Picture(width: 16, height: 12) { y, x, channel in y * 11 + x * 7 + channel * 31 }
    let changed = try ChangedPixels(from: picture, to: picture)
    let similarity = try StructuralSimilarity(picture, .init(picture))
    #expect(try meanSquaredError(picture, to: picture) == 0)
    #expect(try meanSquaredError(picture, to: picture, on: changed) == nil)
    #expect(abs(similarity.mean - 1) < 1e-12)
    #expect(try similarity.mean(on: changed) == nil)
    #expect(peakSignalToNoise(meanSquaredError: 0) == nil)
    #expect(abs(try #require(peakSignalToNoise(meanSquaredError: 0.001)) - 30) < 1e-12)
  }

  @Test("Pictures of two sizes and pictures below the window are refused in a sentence")
  func refusals() throws {
    let small = try Picture(width: 10, height: 30) { _, _, _ in 0 }
    let other = try Picture(width: 30, height: 12) { _, _, _ in 0 }
    let differ = EvaluationError.sizesDiffer(what: "The picture", expected: other.size, found: small.size)
    #expect(throws: differ) { try meanSquaredError(small, to: other) }
    #expect(throws: differ) { try StructuralSimilarity(small, .init(other)) }
    #expect(throws: EvaluationError.tooSmall(size: small.size, least: 11)) { try StructuralSimilarity.Truth(small) }
    let mask = try ChangedPixels(from: small, to: small)
    #expect(throws: EvaluationError.self) { try meanSquaredError(other, to: other, on: mask) }
    #expect(differ.description.contains("10×30") && differ.description.contains("30×12"))
  }
}
