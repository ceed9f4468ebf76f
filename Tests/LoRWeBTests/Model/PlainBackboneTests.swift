import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import LoRWeBTraining
import Testing

/// Everything above the backbone's face runs on a model that is no diffusion model.
@Suite("A backbone of one pass, without time and text")
struct PlainBackboneTests {
  private let model: TestModel
  private let basis: URL

  init() throws {
    model = try TestModel()
    basis = model.temporary["plain.safetensors"]
    let tiny = try BasisFile(model.url.appending(path: "basis.safetensors"))
    try withTorchErrors {
      let made = try load(from: RandomSource(seed: 3), dtype: .float32) { scope in
        try LoRABasis(
          scope, layers: PlainBackbone.adapted(), size: tiny.size, settings: tiny.router.settings,
          startOfB: .normal(deviation: 1))
      }
      try made.write(to: basis)
    }
  }

  private func editor(_ residency: Residency = .everything) async throws -> AnalogyEditor {
    let folder = try ModelFolder(model.url)
    let host = try ModelHost(on: .cpu) {
      try LoadedModel(PlainSource(folder: folder), residency: residency, dtype: .float32) { _, dtype in
        PlainBackbone(dtype: dtype)
      }
    }
    return try await AnalogyEditor(host, basis: basis, model: "plain")
  }

  @Test(
    "It edits, attached and fused alike, alone and in a batch, and strength 0 is the base",
    arguments: [Residency.everything, .oneAtATime])
  func edits(residency: Residency) async throws {
    let editor = try await editor(residency)
    var painted: [Picture] = []
    for use in AdapterUse.allCases {
      var edit = try AnalogyEdit.small(steps: 1)
      edit.use = use
      painted.append(try await editor.edit(edit).painted)
    }
    #expect(zip(painted[0].pixels, painted[1].pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    var base = try AnalogyEdit.small(steps: 1)
    base.strength = 0
    #expect(try await editor.edit(base).painted != painted[0])
    let other = try AnalogyEdit.small(b: .pattern(40, 40, shift: 99), steps: 1)
    let (both, alone) = (try await editor.edit([.small(steps: 1), other]), try await editor.edit(other))
    #expect(zip(both[1].painted.pixels, alone.painted.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    #expect(both[0].recipe.meanCoefficients.count == 4 && both[0].coefficients.count == 12)
  }

  @Test("It paints whole canvases in its own way, and an edit that asks for another is refused before anything is loaded")
  func layouts() async throws {
    let editor = try await editor()
    let changes: [(String, (inout AnalogyEdit) -> Void)] = [
      ("canvas quarter", { $0.canvas = .quarter }), ("canvas quarter", { $0.effort = .fast }),
      ("solver ab2", { ($0.solver, $0.steps) = (.ab2, 4) }), ("kept for 2", { ($0.keep, $0.steps) = (2, 4) }),
    ]
    for (word, change) in changes {
      var edit = try AnalogyEdit.small()
      change(&edit)
      let asked = edit
      await expectSentence("own", word, "exact") {
        for try await step in editor.run(asked) { Issue.record("\(step.stage) began") }
      }
    }
    var exact = try AnalogyEdit.small(steps: 1)
    exact.effort = .exact
    #expect(try await editor.edit(exact).painted == editor.edit(.small(steps: 1)).painted)
  }

  @Test("It edits by words alone too, which say nothing to it, and its steps have no preview")
  func promptAndSteps() async throws {
    let editor = try await editor()
    let b = try Picture.pattern(40, 40)
    let one = try await editor.edit(PromptEdit(b: b, prompt: "make it snow"))
    #expect(try await editor.edit(PromptEdit(b: b, prompt: "make it night")).painted == one.painted)
    var counts: [Int] = []
    for try await step in editor.run(try .small(steps: 1)) {
      #expect(step.previews.isEmpty)
      if let sampling = step.sampling { counts.append(sampling.index) }
    }
    #expect(counts == [0, 1])
  }

  @Test("A basis learns on it: one step's gradients reach A, B, keys and projection, and the optimiser's step lowers the loss")
  func trainingStep() throws {
    try withTorchErrors {
      let size = BasisSize(count: 3, rank: 2, keyWidth: 8, queryWidth: 12)
      let network = try PlainTrainee()
      let basis = try load(from: TrainableSource(RandomSource(seed: 3)), dtype: .float32) { scope in
        try LoRABasis(
          scope, layers: PlainBackbone.adapted(), size: size, settings: .paper, startOfB: .normal(deviation: 0.1))
      }
      let step = try TrainingStep(on: network, basis: basis, loss: FlowLoss(weighting: .none))
      let generator = try Generator(seed: 9)
      func random(_ shape: Int...) -> Tensor { .randn([2] + shape, generator: generator) }
      let batch = TrainingBatch(
        target: random(16, PlainBackbone.channels), context: random(16, PlainBackbone.channels), rows: 4, columns: 4,
        text: .zeros([2, 1, 1]), pooled: .zeros([2, 1]), query: random(12))
      let draw = NoiseDraw(sigmas: .zeros([2]), noise: .zeros(batch.target.shape))
      let trained = TrainedTensor.of(basis, .all)
      let optimiser = AdamW(trained, AdamWSettings())
      let before = try step.accumulate(batch, draw).loss.item()
      #expect(trained.allSatisfy { ($0.tensor.grad?.magnitude().maximum().item() ?? 0) > 0 })
      #expect(network.registry.parameters.allSatisfy { $0.tensor.grad == nil } && network.registry.deltas.isEmpty)
      _ = try optimiser.step()
      #expect(try step.accumulate(batch, draw).loss.item() < before)
    }
  }

  @Test("A basis of FLUX doesn't fit it, and says so")
  func misfit() async throws {
    let editor = try await editor()
    let foreign = model.url.appending(path: "basis.safetensors")
    await expectSentence("basis.safetensors", "plain weights") { _ = try await AnalogyEditor(editor, basis: foreign) }
  }
}
