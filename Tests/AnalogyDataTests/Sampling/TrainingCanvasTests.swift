import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@Suite("Training canvases, Parity")
struct TrainingCanvasTests {
  @Test("Canvases and router crops of a prepared set equal those of the published layout in Pillow, pixel for pixel")
  func parity() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    var sizes: Set<PictureSize> = []
    for quadruple in set.prepared {
      let canvas = try TrainingCanvas(quadruple, pictures: quadruple.pictures(), rule: .published)
      #expect(try canvas.target == SetFixtures.canvas(quadruple, "target"), "\(quadruple.id)")
      #expect(try canvas.control == SetFixtures.canvas(quadruple, "control"), "\(quadruple.id)")
      let views = try canvas.encoderPictures()
      for (name, view) in zip(["a", "a2", "b"], views) {
        #expect(try view == SetFixtures.canvas(quadruple, name), "\(quadruple.id) \(name)")
      }
      #expect(try TrainingCanvas.Rule.published.canvas(of: quadruple) == canvas.target.size)
      sizes.insert(canvas.target.size)
    }
    #expect(sizes.count >= 3, "wide, high and nearly square")
  }

  @Test("A Relation252k pair goes the same way, but for the preparation's JPEG")
  func unprepared() throws {
    let relation = try AnalogySet(contentsOf: SetFixtures.relation)
    let prepared = try AnalogySet(contentsOf: SetFixtures.prepared)
    let from = try #require(relation.quadruples().first { $0.pairs == ["Sepia_Toning/001.jpg", "Sepia_Toning/002.jpg"] })
    let to = try #require(prepared.prepared.first { $0.id == "analogy_Sepia_Toning_001.jpg_Sepia_Toning_002.jpg_0000" })
    let canvases = try [from, to].map { try TrainingCanvas($0, pictures: $0.pictures(), rule: .published) }
    let difference = zip(canvases[0].target.pixels, canvases[1].target.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(difference.reduce(0, +)) / Double(difference.count) < 3)
  }

  @Test("Crops of quarters see a, a′ and b whole, with the levels they have")
  func quarters() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    let quadruple = try #require(set.prepared.first { $0.bPrime.size.aspect > 1.2 })
    let canvas = try TrainingCanvas(quadruple, pictures: quadruple.pictures(), rule: .paper(resolution: 512, crops: .quarters))
    let half = PictureSize(width: canvas.control.width / 2, height: canvas.control.height / 2)
    #expect(canvas.crops.map(\.size) == [half, half, half])
    let b = try canvas.control.cropped(to: PictureRectangle(x: 0, y: half.height, width: half.width, height: half.height))
    #expect(try canvas.encoderPictures()[2] == b)
  }

  @Test("By a plan's rule the canvases are the editor's, with b′ or b in the last quarter")
  func plan() throws {
    let pictures = try (0..<4).map { try TemporaryFolder.pattern($0, width: 48, height: 32) }
    let source = PictureSource(url: SetFixtures.folder, size: pictures[0].size)
    let quadruple = AnalogyQuadruple(
      id: "x", task: "t", pairs: [], a: source, aPrime: source, b: source, bPrime: source, instruction: "")
    for rule in [CanvasPlan.Rule.fixedSquare(tile: 32), .aspect(area: 96 * 96)] {
      let plan = try CanvasPlan(a: pictures[0].size, aPrime: pictures[1].size, b: pictures[2].size, rule: rule, token: 16)
      let canvas = try TrainingCanvas(quadruple, pictures: pictures, rule: .plan(rule, token: 16))
      let control = try plan.canvas(a: pictures[0], aPrime: pictures[1], b: pictures[2])
      #expect(canvas.control == control && canvas.target.size == plan.canvas)
      #expect(try canvas.encoderPictures() == plan.crops.map(control.cropped(to:)))
      #expect(try TrainingCanvas.Rule.plan(rule, token: 16).canvas(of: quadruple) == plan.canvas)
      #expect(try plan.bPrime(fromCanvas: canvas.target) == pictures[3].resized(to: plan.tile, filter: .lanczos))
    }
    #expect(throws: AnalogySetError.self) {
      try TrainingCanvas(quadruple, pictures: pictures, rule: .plan(.fixedSquare(tile: 20), token: 16))
    }
    #expect(throws: AnalogySetError.self) {
      try TrainingCanvas(quadruple, pictures: Array(pictures.prefix(3)), rule: .published)
    }
  }

  @Test("Buckets are SDXL's list at the picture's area, and none for pictures smaller than a token")
  func buckets() throws {
    func bucket(_ width: Int, _ height: Int) -> PictureSize? {
      AspectBuckets.choice(for: PictureSize(width: width, height: height), resolution: 512)?.bucket
    }
    #expect(bucket(1024, 1024) == PictureSize(width: 512, height: 512))
    #expect(bucket(3000, 2000) == PictureSize(width: 608, height: 416))
    #expect(bucket(2000, 3000) == PictureSize(width: 416, height: 608))
    #expect(bucket(10, 10) == nil)
    for width in stride(from: 40, to: 1200, by: 37) {
      let choice = try #require(AspectBuckets.choice(for: PictureSize(width: width, height: 300), resolution: 512))
      #expect(choice.scaled.width >= choice.bucket.width && choice.scaled.height >= choice.bucket.height)
      #expect(choice.bucket.width % 16 == 0 && choice.bucket.height % 16 == 0)
    }
  }

  @Test("A canvas so high that the published crops leave nothing of a′ is refused, other crops take it")
  func absurdlyHigh() throws {
    let picture = try TemporaryFolder.pattern(1, width: 32, height: 200)
    let source = PictureSource(url: SetFixtures.folder, size: picture.size)
    let quadruple = AnalogyQuadruple(
      id: "high", task: "t", pairs: [], a: source, aPrime: source, b: source, bPrime: source, instruction: "")
    let pictures = [Picture](repeating: picture, count: 4)
    #expect(throws: AnalogySetError.self) { try TrainingCanvas(quadruple, pictures: pictures, rule: .published) }
    #expect(throws: Never.self) {
      try TrainingCanvas(quadruple, pictures: pictures, rule: .paper(resolution: 512, crops: .quarters))
    }
  }
}
