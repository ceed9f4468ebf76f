import Foundation
import LoRWeBPictures
import Testing

@Suite("Canvas plan")
struct CanvasPlanTests {
  private let square = PictureSize(width: 512, height: 512)
  /// Of a canvas of 1024 × 1024 pixels.
  private let area = 1024 * 1024

  private func size(_ width: Int, _ height: Int) -> PictureSize { PictureSize(width: width, height: height) }

  @Test("square tiles stretch b in and out again, and never crop anything")
  func fixedSquare() throws {
    let plan = try CanvasPlan(
      a: size(300, 200), aPrime: size(300, 200), b: size(120, 400), rule: .fixedSquare(tile: 128), token: 16)
    #expect(plan.tile == size(128, 128) && plan.canvas == size(256, 256))
    #expect(plan.aCrop.size == plan.a && plan.aPrimeCrop.size == plan.aPrime)
    let pictures = try [plan.a, plan.aPrime, plan.b].enumerated().map {
      try Fixtures.noise($0.element, seed: UInt64($0.offset))
    }
    let canvas = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
    let seen = try plan.crops.map(canvas.cropped(to:))
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
      let plan = try CanvasPlan(a: square, aPrime: square, b: b, rule: .aspect(area: area), token: 16)
      #expect(plan.tile.width.isMultiple(of: 16) && plan.tile.height.isMultiple(of: 16))
      let pixels = plan.canvas.width * plan.canvas.height
      #expect(pixels <= area && pixels > area * 88 / 100, "\(b) \(plan.tile)")
      #expect(abs(plan.tile.aspect / b.aspect - 1) < 0.03, "\(b) \(plan.tile)")
      #expect(
        plan.paintedQuarter
          == PictureRectangle(x: plan.tile.width, y: plan.tile.height, width: plan.tile.width, height: plan.tile.height))
    }
    let panorama = try CanvasPlan(a: square, aPrime: square, b: size(1000, 100), rule: .aspect(area: area), token: 16)
    #expect(abs(panorama.tile.aspect - CanvasPlan.largestAspect) < 0.2)
  }

  @Test("a and a' are cropped alike, and only as far as stretching by a quarter doesn't do")
  func exampleCrops() throws {
    let rule = CanvasPlan.Rule.aspect(area: area)
    let near = try CanvasPlan(a: size(1000, 900), aPrime: size(1000, 900), b: size(800, 800), rule: rule, token: 16)
    #expect(near.aCrop.size == near.a)
    let wide = try CanvasPlan(a: size(1000, 500), aPrime: size(500, 250), b: size(800, 800), rule: rule, token: 16)
    #expect(wide.aCrop == PictureRectangle(x: 187, y: 0, width: 625, height: 500))
    #expect(abs(Double(wide.aPrimeCrop.width) / 500 - 0.625) < 0.002)
    let tall = try CanvasPlan(a: size(500, 1000), aPrime: size(500, 1000), b: size(800, 800), rule: rule, token: 16)
    #expect(tall.aCrop.size == size(500, 625))
  }

  @Test("a plan survives JSON, and its target quarter can hold b'")
  func codable() throws {
    let plan = try CanvasPlan(a: square, aPrime: size(300, 280), b: size(99, 77), rule: .aspect(area: 256 * 256), token: 16)
    #expect(try JSONDecoder().decode(CanvasPlan.self, from: JSONEncoder().encode(plan)) == plan)
    let pictures = try [square, size(300, 280), size(99, 77), size(99, 77)].enumerated().map {
      try Fixtures.noise($0.element, seed: UInt64($0.offset + 7))
    }
    let pair = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2], bPrime: pictures[3])
    let alone = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
    #expect(try plan.bPrime(fromCanvas: pair) == pictures[3].resized(to: plan.tile, filter: .lanczos))
    #expect(try plan.bPrime(fromCanvas: alone) == pictures[2].resized(to: plan.tile, filter: .lanczos))
  }

  @Test("tiles are whole tokens of any model, and what an earlier version wrote of a plan is read")
  func tokens() throws {
    for token in [8, 16, 20, 32] {
      let plan = try CanvasPlan(a: square, aPrime: square, b: size(640, 480), rule: .aspect(area: area), token: token)
      #expect(plan.tile.width.isMultiple(of: token) && plan.tile.height.isMultiple(of: token))
      #expect(throws: PicturesError.self) {
        try CanvasPlan(a: square, aPrime: square, b: square, rule: .fixedSquare(tile: 5 * token / 2), token: token)
      }
    }
    let plan = try CanvasPlan(a: square, aPrime: square, b: size(640, 480), rule: .aspect(area: area), token: 16)
    let (side, box) = (#"{"width":512,"height":512}"#, #"{"x":0,"y":0,"width":512,"height":512}"#)
    let old = """
      {"rule":{"aspect":{"area":1048576}},"a":\(side),"aPrime":\(side),"b":{"width":640,"height":480},"aCrop":\(box),
       "aPrimeCrop":\(box),"tile":{"width":\(plan.tile.width),"height":\(plan.tile.height)},"canvas":\(side),
       "context":\(side),"target":\(side),"crops":[\(box)],"filter":"lanczos"}
      """
    let read = try JSONDecoder().decode(CanvasPlan.self, from: Data(old.utf8))
    #expect(read.tile == plan.tile && read.canvas == plan.canvas && read.rule == plan.rule)
  }

  @Test("absurd sizes and pictures of other sizes are one sentence each")
  func absurd() throws {
    let bad: [(PictureSize, CanvasPlan.Rule)] = [
      (size(0, 5), .fixedSquare(tile: 128)), (size(10, 300), .aspect(area: area)),
      (square, .fixedSquare(tile: 100)),
      (square, .fixedSquare(tile: 0)), (square, .aspect(area: 10)), (square, .aspect(area: .max)),
      (size(Int.max, Int.max), .fixedSquare(tile: 128)),
    ]
    for (picture, rule) in bad {
      #expect(throws: PicturesError.self, "\(picture) \(rule)") {
        try CanvasPlan(a: picture, aPrime: picture, b: picture, rule: rule, token: 16)
      }
    }
    let plan = try CanvasPlan(a: square, aPrime: square, b: square, rule: .fixedSquare(tile: 64), token: 16)
    let other = try Picture(size: size(5, 5), filledWith: .white)
    #expect(throws: PicturesError.wrongSize(what: "a", expected: square, found: size(5, 5))) {
      try plan.canvas(a: other, aPrime: other, b: other)
    }
    #expect(throws: PicturesError.self) { try plan.bPrime(fromCanvas: other) }
    #expect(throws: PicturesError.self) { try plan.restored(other) }
  }
}
