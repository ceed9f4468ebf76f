import LoRWeBEvaluation
import LoRWeBPictures
import Testing

@Suite("The classical analogy")
struct ColorMapTests {
  private let a: Picture
  private let b: Picture

  init() throws {
    a = try Picture(width: 40, height: 40) { y, x, channel in (y * 37 + x * (11 + 20 * channel)) % 256 }
    b = try Picture(width: 24, height: 16) { y, x, channel in (y * 53 + x * (29 + 8 * channel) + 90) % 256 }
  }

  private func rootMeanSquare(_ picture: Picture, _ other: Picture) throws -> Double {
    try #require(try meanSquaredError(picture, to: other)).squareRoot() * 255
  }

  @Test("An inversion and a tint of the colours are carried over to another picture")
  func global() throws {
    for edit in [{ 255 - $0 }, { $0 / 2 + 40 }, { $0 * $0 / 255 }] as [(Int) -> Int] {
      let edited = try a.mapped { _, _, value in edit(value) }
      let truth = try b.mapped { _, _, value in edit(value) }
      let output = try ColorMap(from: a, to: edited)(b)
      #expect(try rootMeanSquare(output, truth) < 1.5)
      #expect(try rootMeanSquare(b, truth) > 25)
    }
  }

  @Test("Greyscale, which mixes the channels, is carried over")
  func mixing() throws {
    func grey(_ picture: Picture) throws -> Picture {
      try Picture(width: picture.width, height: picture.height) { y, x, _ in
        let start = (y * picture.width + x) * 3
        return (Int(picture.pixels[start]) * 30 + Int(picture.pixels[start + 1]) * 59 + Int(picture.pixels[start + 2]) * 11)
          / 100
      }
    }
    #expect(try rootMeanSquare(ColorMap(from: a, to: grey(a))(b), grey(b)) < 1.5)
  }

  @Test("What depends on place is not: a mirrored picture is far from the truth")
  func local() throws {
    func mirrored(_ picture: Picture) throws -> Picture {
      try Picture(width: picture.width, height: picture.height) { y, x, channel in
        Int(picture.pixels[(y * picture.width + picture.width - 1 - x) * 3 + channel])
      }
    }
    #expect(try rootMeanSquare(ColorMap(from: a, to: mirrored(a))(b), mirrored(b)) > 40)
  }

  @Test("A flat a leaves other colours nearly as they are, and no change is no change")
  func regularised() throws {
    let flat = try Picture(width: 8, height: 8) { _, _, _ in 128 }
    let output = try ColorMap(from: flat, to: flat)(b)
    #expect(output == b)
  }

  @Test("Alpha stays, and a pair of two sizes is refused")
  func edges() throws {
    let clear = try Picture(width: 2, height: 1, pixels: [1, 2, 3, 4, 5, 6], alpha: [0, 200])
    #expect(try ColorMap(from: a, to: a)(clear).alpha == [0, 200])
    #expect(throws: EvaluationError.sizesDiffer(what: "a", expected: b.size, found: a.size)) { try ColorMap(from: a, to: b) }
  }
}
