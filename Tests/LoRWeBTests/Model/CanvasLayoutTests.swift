import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeB

@Suite("Layouts of the canvas")
struct CanvasLayoutTests {
  private func plan(tile: Int) throws -> CanvasPlan {
    let size = PictureSize(width: 50, height: 50)
    return try CanvasPlan(a: size, aPrime: size, b: size, rule: .fixedSquare(tile: tile), token: 16)
  }

  @Test(
    "So many tokens there are, with the text's 512 for Kontext and 24 for the embedded model as in the study",
    arguments: [
      (CanvasLayout.full, 8704, 536), (.quarter, 5632, 344), (.lean, 4608, 280), (.single, 2560, 152),
    ])
  func counts(layout: CanvasLayout, kontext: Int, mini: Int) throws {
    for (tile, text, expected) in [(512, 512, kontext), (128, 24, mini)] {
      let side = tile == 512 ? 16 : 16
      let tokens = try layout.parts(of: plan(tile: tile)).tokens(of: side)
      #expect(text + tokens.painted + tokens.context == expected)
    }
  }

  /// Places of a layout's tokens, "kind row column", on a canvas of 4 × 4 tokens.
  private func places(_ layout: CanvasLayout) throws -> (painted: [String], context: [String]) {
    let plan = try plan(tile: 32)
    let parts = layout.parts(of: plan)
    let seen = layout == .single ? plan.tile : plan.canvas
    func list(_ part: CanvasParts.Part, _ picture: PictureSize, _ index: Int) throws -> [String] {
      let grid = try LatentGrid(picture: picture, part: part, channels: 4, factor: 8)
      let ids = grid.positions(index: index)
      #expect(ids.shape == [grid.tokens, 3])
      let values = ids.array(of: Float.self).map { Int($0) }
      return stride(from: 0, to: values.count, by: 3).map { "\(values[$0]) \(values[$0 + 1]) \(values[$0 + 2])" }
    }
    return try withTorchErrors {
      (try list(parts.painted, plan.canvas, 0), try parts.context.flatMap { try list($0, seen, 1) })
    }
  }

  @Test("Tokens stand where they would on the full canvas, but single's at rows and columns from 0")
  func positions() throws {
    func grid(_ kind: Int, _ rows: Range<Int>, _ columns: Range<Int>) -> [String] {
      rows.flatMap { row in columns.map { "\(kind) \(row) \($0)" } }
    }
    let whole = grid(1, 0..<4, 0..<4)
    let expected: [CanvasLayout: (painted: [String], context: [String])] = [
      .full: (grid(0, 0..<4, 0..<4), whole),
      .quarter: (grid(0, 2..<4, 2..<4), whole),
      .lean: (grid(0, 2..<4, 2..<4), grid(1, 0..<2, 0..<4) + grid(1, 2..<4, 2..<4)),
      .single: (grid(0, 0..<2, 0..<2), grid(1, 0..<2, 0..<2)),
    ]
    for layout in CanvasLayout.allCases {
      let found = try places(layout)
      #expect(found.painted == expected[layout]?.painted && found.context == expected[layout]?.context, "\(layout)")
    }
  }

  @Test("b' begins from the same noise in every layout, and attends to the latents of its own part")
  func parts() throws {
    try withTorchErrors {
      let plan = try plan(tile: 32)
      let whole = try LatentGrid(picture: plan.canvas, channels: 4, factor: 8)
      let noise = whole.latents(try whole.noise(seed: 7, dtype: .float32))  // [1, 4, 8, 8]
      let corner = noise.narrowed(2, from: 4, count: 4).narrowed(3, from: 4, count: 4)
      for layout in [CanvasLayout.quarter, .lean, .single] {
        let parts = layout.parts(of: plan)
        let grid = try LatentGrid(picture: plan.canvas, part: parts.painted, channels: 4, factor: 8)
        #expect(try grid.latents(grid.noise(seed: 7, dtype: .float32)).distance(to: corner) == 0)
        #expect(grid.pictureTokens == 16 && grid.tokens == 4)
      }
      let parts = CanvasLayout.lean.parts(of: plan).context
      let groups = try parts.map { try LatentGrid(picture: plan.canvas, part: $0, channels: 4, factor: 8).contextGroup(noise) }
      #expect(groups.map { $0.tokens.size(1) } == [8, 4] && groups.allSatisfy { !$0.isNoisy })
      #expect(groups[0].tokens.distance(to: LatentPacking.pack(noise.narrowed(2, from: 0, count: 4))) == 0)
      #expect(groups[1].tokens.distance(to: LatentPacking.pack(corner)) == 0)
    }
  }

  @Test("A part that isn't whole tokens of the picture is refused in a sentence")
  func misfits() async throws {
    let size = PictureSize(width: 64, height: 64)
    let areas = [(0, 0, 40, 64), (8, 0, 32, 32), (48, 0, 32, 32), (0, 0, 0, 64), (-16, 0, 32, 32)]
    for (x, y, width, height) in areas {
      let part = CanvasParts.Part(PictureRectangle(x: x, y: y, width: width, height: height))
      await expectSentence("64×64", "16 pixels") { _ = try LatentGrid(picture: size, part: part, channels: 4, factor: 8) }
    }
  }
}

@Suite("Edits in every layout")
struct LayoutEditTests {
  private let model: TestModel

  init() throws { model = try TestModel() }

  private func edit(_ layout: CanvasLayout, seed: UInt64 = 0, keep: Int? = nil) throws -> AnalogyEdit {
    var edit = try AnalogyEdit.small(seed: seed, steps: 3)
    (edit.canvas, edit.keep) = (layout, keep)
    return edit
  }

  private func differ(_ one: Picture, _ other: Picture) -> Int {
    guard one.size == other.size else { return 255 }
    return zip(one.pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  @Test("Each paints b' at the tile's size, another than the others, with previews of b' alone", arguments: [nil, 2])
  func layouts(keep: Int?) async throws {
    let editor = try AnalogyEditor(model: .folder(model.url), residency: .everything)
    var painted: [Picture] = []
    for layout in CanvasLayout.allCases {
      var previews: [PictureSize] = []
      var result: AnalogyResult?
      for try await step in editor.run(try edit(layout, keep: keep)) {
        if let preview = step.preview { previews.append(try preview.picture().size) }
        result = step.result ?? result
      }
      let found = try #require(result)
      #expect(
        found.painted.size == PictureSize(width: 64, height: 64) && found.picture.size == PictureSize(width: 40, height: 40))
      #expect(found.recipe.layout == layout && found.recipe.keep == keep ?? 1)
      #expect(previews.count == 3 && Set(previews) == [PictureSize(width: 8, height: 8)])
      painted.append(found.painted)
    }
    for index in painted.indices { for other in 0..<index { #expect(painted[index] != painted[other]) } }
  }

  @Test("Several seeds and b of every layout at once are each the single edit, to a level")
  func batches() async throws {
    let editor = try AnalogyEditor(model: .folder(model.url), residency: .everything)
    var edits = try CanvasLayout.allCases.flatMap { layout in
      [try edit(layout, seed: 1), try edit(layout, seed: 2), try edit(layout, seed: 1, keep: 2)]
    }
    for index in edits.indices where index % 3 == 1 { edits[index].b = try .pattern(40, 40, shift: 120) }
    let together = try await editor.edit(edits)
    for (edit, result) in zip(edits, together) {
      let alone = try await editor.edit(edit)
      #expect(differ(alone.painted, result.painted) <= 1 && alone.recipe.layout == edit.canvas)
    }
  }

  @Test("Keys kept for one step are none, to the bit; kept for two the picture is another")
  func keeping() async throws {
    let editor = try model.editor()
    for layout in CanvasLayout.allCases {
      let plain = try await editor.edit(edit(layout)).painted
      #expect(try await editor.edit(edit(layout, keep: 1)).painted == plain)
      #expect(try await editor.edit(edit(layout, keep: 2)).painted != plain)
    }
  }

  @Test("Text and context are computed at the first step and every so many on, never at the first alone")
  func refreshed() throws {
    try withTorchErrors {
      try noGrad {
        let config = FluxConfig(
          inputChannels: 8, doubleBlocks: 1, singleBlocks: 1, headWidth: 16, heads: 2, textWidth: 12, pooledWidth: 10,
          rotaryAxes: [4, 6, 6])
        let transformer = try load(from: RandomSource(seed: 5), dtype: .float32) { try FluxTransformer($0, config: config) }
        let generator = try Generator(seed: 3)
        func group(_ index: Int) -> TokenGroup {
          TokenGroup(
            tokens: .randn([1, 6, 8], generator: generator),
            positions: TokenGroup.gridPositions(rows: 2, columns: 3, index: index), isNoisy: index == 0)
        }
        let (noise, context) = (group(0), group(1))
        let (text, pooled) = (Tensor.randn([1, 4, 12], generator: generator), Tensor.randn([1, 10], generator: generator))
        let schedule = try FlowSchedule(steps: 7, tokens: 6, config: FlowScheduleConfig())
        let modulator = try #require(transformer.modulator)
        func walk(keep: Int) -> (counts: [Int], velocities: [Tensor]) {
          var (counts, velocities) = ([Int](), [Tensor]())
          var denoiser = Denoiser(
            transformer, schedule: schedule, noise: noise.tokens, positions: noise.positions, context: [context], text: text,
            modulations: modulator(schedule, like: noise.tokens, guidance: 1, pooled: pooled), keep: keep
          ) { blocks, modulations, hidden, context in
            counts.append(hidden.joined.size(1))
            return runPlainly(blocks, modulations, hidden, context)
          }
          while denoiser.step() { velocities += [denoiser.velocity].compactMap(\.self) }
          return (counts, velocities)
        }
        let (plain, kept) = (walk(keep: 1), walk(keep: 3))
        #expect(plain.counts == Array(repeating: 16, count: 7) && kept.counts == [16, 6, 6, 16, 6, 6, 16])
        #expect(kept.velocities[0].distance(to: plain.velocities[0]) == 0)
        #expect(kept.velocities[1].distance(to: plain.velocities[1]) > 1e-6)
      }
    }
  }
}
