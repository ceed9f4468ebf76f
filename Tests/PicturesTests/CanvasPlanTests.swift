import Foundation
import LoRWeBPictures
import Testing

@Suite("Canvas plan")
struct CanvasPlanTests {
  private let square = PictureSize(width: 512, height: 512)

  private func size(_ width: Int, _ height: Int) -> PictureSize { PictureSize(width: width, height: height) }

  /// The first three columns are diffusers' sizes for five pictures (golden `packing`), the last two worked out by its rules.
  @Test(
    "Kontext's target and context sizes are diffusers'",
    arguments: [
      ([1024, 1024], [1024, 1024], [1024, 1024]), ([512, 768], [832, 1248], [832, 1248]),
      ([1333, 750], [1360, 768], [1392, 752]),
      ([700, 1900], [608, 1680], [672, 1568]), ([64, 48], [1168, 880], [1184, 880]),
    ])
  func kontextSizes(picture: [Int], target: [Int], context: [Int]) {
    let picture = size(picture[0], picture[1])
    #expect(Kontext.targetSize(for: picture) == size(target[0], target[1]))
    #expect(Kontext.contextSize(for: picture) == size(context[0], context[1]))
  }

  @Test("the compatible rule takes a's tile, limits the long side and cuts at half the width on both axes")
  func compatible() throws {
    let plan = try CanvasPlan(a: size(40, 24), aPrime: size(30, 30), b: size(21, 50), rule: .compatible(maxSize: 64))
    #expect(plan.tile == size(40, 24))
    #expect(plan.canvas == size(64, 38))
    #expect(plan.crops.map(\.size) == [size(32, 32), size(32, 32), size(32, 6)])
    #expect(plan.crops.map { [$0.x, $0.y] } == [[0, 0], [32, 0], [0, 32]])
    let tall = try CanvasPlan(a: size(24, 41), aPrime: size(24, 41), b: size(24, 41), rule: .compatible(maxSize: 64))
    #expect(tall.canvas == size(37, 64))
    #expect(tall.paintedQuarter.x == tall.target.width / 2 && tall.paintedQuarter.y == tall.target.height / 2)
    #expect(throws: PicturesError.self) {
      try CanvasPlan(a: size(200, 90), aPrime: size(200, 90), b: size(200, 90), rule: .compatible(maxSize: nil))
    }
  }

  @Test("the compatible canvas is Pillow's paste of four bicubic tiles, shrunk as a whole")
  func compatibleCanvas() throws {
    let pictures = try [size(40, 24), size(30, 30), size(21, 50)].enumerated().map {
      try Fixtures.noise($0.element, seed: UInt64($0.offset + 50))
    }
    struct Answer: Decodable {
      let maxSize: Int?
      let canvas, context: String
    }
    let answers: [Answer] = try Fixtures.json("canvas.json")
    #expect(answers.count == 2)
    for answer in answers {
      let plan = try CanvasPlan(
        a: pictures[0].size, aPrime: pictures[1].size, b: pictures[2].size, rule: .compatible(maxSize: answer.maxSize))
      let canvas = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
      #expect(Fixtures.checksum(canvas) == answer.canvas)
      #expect(try Fixtures.checksum(plan.contextPicture(of: canvas)) == answer.context)
    }
  }

  @Test("square tiles stretch b in and out again, and never crop anything")
  func fixedSquare() throws {
    let plan = try CanvasPlan(a: size(300, 200), aPrime: size(300, 200), b: size(120, 400), rule: .fixedSquare(tile: 128))
    #expect(plan.tile == size(128, 128) && plan.canvas == size(256, 256))
    #expect(plan.context == plan.canvas && plan.target == plan.canvas)
    #expect(plan.aCrop.size == plan.a && plan.aPrimeCrop.size == plan.aPrime)
    let pictures = try [plan.a, plan.aPrime, plan.b].enumerated().map {
      try Fixtures.noise($0.element, seed: UInt64($0.offset))
    }
    let canvas = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
    let seen = try plan.encoderPictures(of: canvas)
    for (picture, tile) in zip(pictures, seen) { #expect(try tile == picture.resized(to: plan.tile, filter: .lanczos)) }
    #expect(try plan.bPrime(fromCanvas: canvas) == seen[2])
    #expect(try plan.restored(seen[2]).size == plan.b)
    #expect(try plan.modelPicture(ofB: pictures[2]) == seen[2])
  }

  @Test("aspect tiles keep b's proportions within a token, use the area and begin at whole tokens")
  func aspect() throws {
    for b in [
      size(4000, 3000), size(3000, 4000), size(1080, 1080), size(6000, 4000), size(640, 1136), size(3840, 1600), size(33, 50),
    ] {
      let plan = try CanvasPlan(a: square, aPrime: square, b: b, rule: .aspect(area: CanvasPlan.kontextArea))
      #expect(plan.tile.width.isMultiple(of: 16) && plan.tile.height.isMultiple(of: 16))
      let pixels = plan.canvas.width * plan.canvas.height
      #expect(pixels <= CanvasPlan.kontextArea && pixels > CanvasPlan.kontextArea * 88 / 100, "\(b) \(plan.tile)")
      #expect(abs(plan.tile.aspect / b.aspect - 1) < 0.03, "\(b) \(plan.tile)")
      #expect(
        plan.paintedQuarter
          == PictureRectangle(x: plan.tile.width, y: plan.tile.height, width: plan.tile.width, height: plan.tile.height))
    }
    let panorama = try CanvasPlan(a: square, aPrime: square, b: size(1000, 100), rule: .aspect(area: CanvasPlan.kontextArea))
    #expect(abs(panorama.tile.aspect - CanvasPlan.largestAspect) < 0.2)
  }

  @Test("a and a' are cropped alike, and only as far as stretching by a quarter doesn't do")
  func exampleCrops() throws {
    let rule = CanvasPlan.Rule.aspect(area: CanvasPlan.kontextArea)
    let near = try CanvasPlan(a: size(1000, 900), aPrime: size(1000, 900), b: size(800, 800), rule: rule)
    #expect(near.aCrop.size == near.a)
    let wide = try CanvasPlan(a: size(1000, 500), aPrime: size(500, 250), b: size(800, 800), rule: rule)
    #expect(wide.aCrop == PictureRectangle(x: 187, y: 0, width: 625, height: 500))
    #expect(abs(Double(wide.aPrimeCrop.width) / 500 - 0.625) < 0.002)
    let tall = try CanvasPlan(a: size(500, 1000), aPrime: size(500, 1000), b: size(800, 800), rule: rule)
    #expect(tall.aCrop.size == size(500, 625))
  }

  @Test("a plan survives JSON, and its target quarter can hold b'")
  func codable() throws {
    let plan = try CanvasPlan(a: square, aPrime: size(300, 280), b: size(99, 77), rule: .aspect(area: 256 * 256))
    #expect(try JSONDecoder().decode(CanvasPlan.self, from: JSONEncoder().encode(plan)) == plan)
    let pictures = try [square, size(300, 280), size(99, 77), size(99, 77)].enumerated().map {
      try Fixtures.noise($0.element, seed: UInt64($0.offset + 7))
    }
    let pair = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2], bPrime: pictures[3])
    let alone = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
    #expect(try plan.bPrime(fromCanvas: pair) == pictures[3].resized(to: plan.tile, filter: .lanczos))
    #expect(try plan.bPrime(fromCanvas: alone) == pictures[2].resized(to: plan.tile, filter: .lanczos))
  }

  @Test("absurd sizes and pictures of other sizes are one sentence each")
  func absurd() throws {
    let bad: [(PictureSize, CanvasPlan.Rule)] = [
      (size(0, 5), .fixedSquare(tile: 128)), (size(10, 300), .aspect(area: CanvasPlan.kontextArea)),
      (square, .fixedSquare(tile: 100)),
      (square, .fixedSquare(tile: 0)), (square, .aspect(area: 10)), (square, .aspect(area: .max)),
      (square, .compatible(maxSize: -4)),
      (size(Int.max, Int.max), .compatible(maxSize: nil)), (size(30_000, 30_000), .compatible(maxSize: 512)),
    ]
    for (picture, rule) in bad {
      #expect(throws: PicturesError.self, "\(picture) \(rule)") {
        try CanvasPlan(a: picture, aPrime: picture, b: picture, rule: rule)
      }
    }
    let plan = try CanvasPlan(a: square, aPrime: square, b: square, rule: .fixedSquare(tile: 64))
    let other = try Picture(size: size(5, 5), filledWith: .white)
    #expect(throws: PicturesError.wrongSize(what: "a", expected: square, found: size(5, 5))) {
      try plan.canvas(a: other, aPrime: other, b: other)
    }
    #expect(throws: PicturesError.self) { try plan.bPrime(fromCanvas: other) }
    #expect(throws: PicturesError.self) { try plan.restored(other) }
  }
}
