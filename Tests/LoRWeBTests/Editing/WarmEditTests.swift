import Foundation
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Synchronization
import Testing

@testable import LoRWeB

/// Files that were opened while a test looked, by name below a folder.
final class Openings: Sendable {
  private let paths = Mutex<[String]>([])

  /// Runs the body and gives the paths it opened, in order.
  static func during(_ body: () async throws -> Void) async rethrows -> [String] {
    let openings = Openings()
    try await FileOpenings.$observer.withValue({ url in openings.paths.withLock { $0.append(url.path) } }) { try await body() }
    return openings.paths.withLock(\.self)
  }
}

@Suite("What edits open, keep and do together")
struct WarmEditTests {
  private let model: TestModel

  init() throws {
    model = try TestModel()
  }

  private func editor(_ residency: Residency) throws -> AnalogyEditor {
    try AnalogyEditor(model: .folder(model.url), residency: residency)
  }

  private func counts(_ paths: [String]) -> [String: Int] {
    Dictionary(paths.map { ($0, 1) }, uniquingKeysWith: +)
  }

  @Test(
    "One edit, opening the model included, opens each weight file and each settings file once",
    arguments: [Residency.oneAtATime, .everything])
  func once(residency: Residency) async throws {
    let paths = try await Openings.during { _ = try await editor(residency).edit(.small(steps: 2)) }
    let opened = counts(paths.filter { $0.hasPrefix(model.url.path) })
    for name in ["transformer", "vae", "text_encoder", "text_encoder_2", "image_encoder"] {
      #expect(opened.filter { $0.key.contains("/\(name)/") && $0.key.hasSuffix(".safetensors") }.count == 1, "\(name)")
    }
    for (path, count) in opened { #expect(count == 1, "\(path) was opened \(count) times") }
    #expect(opened.keys.contains { $0.hasSuffix("basis.safetensors") } && opened.keys.contains { $0.hasSuffix("spiece.model") })
  }

  @Test("Edits after the first open nothing, whatever of them is new, when the parts stay in memory")
  func warm() async throws {
    let editor = try editor(.everything)
    let first = try await editor.edit(.small(steps: 2))
    let changes: [(inout AnalogyEdit) throws -> Void] = [
      { $0.seed = 9 }, { $0.strength = -0.5 }, { $0.b = try .pattern(40, 40, shift: 50) },
      { $0.aPrime = try .pattern(40, 40, shift: 200) }, { $0.prompt = "make it snow" },
    ]
    for change in changes {
      var edit = try AnalogyEdit.small(steps: 2)
      try change(&edit)
      let changed = edit
      let paths = try await Openings.during {
        let warm = try await editor.edit(changed)
        #expect(warm.painted != first.painted)
        let cold = try await self.editor(.oneAtATime).edit(changed)
        #expect(warm.painted.differs(from: cold.painted) <= 1, "kept parts changed the picture")
      }
      #expect(
        counts(paths.filter { $0.hasSuffix("/transformer/config.json") }).values.reduce(0, +) == 1, "the cold one's alone")
    }
    let again = try await editor.edit(.small(steps: 2))
    #expect(again.painted == first.painted, "adapters taken off and put on again leave the weights as they were")
  }

  @Test("Attached and fused give the same picture up to rounding, in any order")
  func uses() async throws {
    let editor = try editor(.everything)
    var edit = try AnalogyEdit.small(steps: 2)
    edit.strength = 2
    var pictures: [AdapterUse: Picture] = [:]
    for use in [AdapterUse.fuse, .attach, .fuse, .attach] {
      edit.use = use
      let painted = try await editor.edit(edit).painted
      if let before = pictures[use] { #expect(painted == before) }
      pictures[use] = painted
    }
    let (fused, attached) = (try #require(pictures[.fuse]), try #require(pictures[.attach]))
    #expect(fused.differs(from: attached) <= 1)
    edit.strength = 0
    #expect(try await editor.edit(edit).painted != fused)
  }

  /// What is in the weight of a linear that the basis adapts.
  private func weight(_ editor: AnalogyEditor) async throws -> Tensor {
    try await editor.host.perform { model in
      let registries = model.parts.registries(from: .transformer)
      return try #require(registries.compactMap { $0.linears["transformer_blocks.0.attn.to_q"] }.first).weight.tensor.clone()
    }
  }

  @Test("A fused mix is used again for the same pictures only: transparency and shape count as pixels do")
  func fusedAgain() async throws {
    let editor = try editor(.everything)
    var edits = [try AnalogyEdit.small(steps: 1)]
    edits.append(try .small(b: .pattern(40, 40, shift: 9, alpha: [UInt8](repeating: 0, count: 1600)), steps: 1))
    edits.append(try .small(b: Picture(width: 32, height: 50, pixels: edits[0].b.pixels), steps: 1))
    var weights: [Tensor] = []
    for edit in edits {
      var fused = edit
      (fused.use, fused.strength) = (.fuse, 10)
      _ = try await editor.edit(fused)
      weights.append(try await weight(editor))
      let fresh = try self.editor(.everything)
      _ = try await fresh.edit(fused)
      let (warm, cold) = (weights[weights.count - 1], try await weight(fresh))
      try withTorchErrors { #expect(warm.distance(to: cold) < 1e-5) }
    }
    try withTorchErrors {
      #expect(weights[1].distance(to: weights[0]) > 1e-4 && weights[2].distance(to: weights[0]) > 1e-4)
    }
  }

  @Test("Edits done together are each the single edit, to a level: other seeds, pairs, b, strengths, sizes and steps")
  func batch() async throws {
    let editor = try editor(.everything)
    var edits = try (0..<3).map { try AnalogyEdit.small(seed: UInt64($0), steps: 2) }
    edits.append(try .small(b: .pattern(40, 40, shift: 120), steps: 2))
    edits.append(try .small(b: .pattern(31, 57), steps: 2))
    edits.append(try .small(steps: 3))
    edits.append(edits[1])
    edits[6].strength = -2
    edits.append(edits[0])
    edits[7].aPrime = try .pattern(40, 40, shift: 33)
    edits.append(edits[0])
    edits[8].strength = 0
    let together = try await editor.edit(edits)
    #expect(together.count == edits.count)
    for (edit, result) in zip(edits, together) {
      let alone = try await self.editor(.oneAtATime).edit(edit)
      #expect(result.painted.differs(from: alone.painted) <= 1)
      #expect(result.picture.size == edit.b.size && result.recipe.seed == edit.seed && result.recipe.strength == edit.strength)
    }
    #expect(together[0].painted != together[1].painted && together[0].painted != together[3].painted)
  }

  @Test("A batch's steps are told, and the last one has all results")
  func batchSteps() async throws {
    var steps: [EditStep] = []
    for try await step in try editor(.everything).run([.small(seed: 1, steps: 2), .small(seed: 2, steps: 2), .small(steps: 1)])
    {
      steps.append(step)
    }
    #expect(steps.map(\.fraction) == steps.map(\.fraction).sorted() && steps.last?.fraction == 1)
    #expect(steps.last?.results.count == 3 && steps.dropLast().allSatisfy { $0.results.isEmpty })
    #expect(steps.filter { $0.previews.count == 2 }.count == 2 && steps.filter { $0.previews.count == 1 }.count == 1)
  }

  @Test("Steps hand out a picture of what is being painted")
  func previews() async throws {
    var previews: [Picture] = []
    for try await step in try editor(.everything).run(.small(steps: 3)) {
      if let preview = step.preview { previews.append(try preview.picture()) }
      #expect((step.preview != nil) == (step.stage == .sampling && (step.sampling?.index ?? 0) > 0))
    }
    #expect(previews.count == 3 && Set(previews.map(\.size)).count == 1 && previews[0] != previews[2])
  }

  @Test("A budget keeps what fits, one at a time keeps nothing, and the pictures are the same")
  func residencies() async throws {
    let residencies = [Residency.everything, .budget(bytes: 1 << 30), .budget(bytes: 60_000), .budget(bytes: -1), .oneAtATime]
    var pictures: [Picture] = []
    for residency in residencies {
      let editor = try editor(residency)
      for seed in [1, 2] as [UInt64] { pictures.append(try await editor.edit(.small(seed: seed, steps: 2)).painted) }
      let held = try await editor.host.perform { $0.parts.byteCount }
      switch residency {
      case .everything: #expect(held > 100_000)
      case .budget(let bytes): #expect(held <= max(bytes, 0))
      case .oneAtATime: #expect(held == 0)
      }
      #expect(pictures.suffix(2)[pictures.count - 2].differs(from: pictures[0]) <= 1)
    }
  }

  @Test("Two bases on one model edit each as on a model of its own")
  func twoBases() async throws {
    let other = try TestModel(seed: 3)
    let basis = other.url.appending(path: "basis.safetensors")
    let own = try editor(.everything)
    let second = try await AnalogyEditor(own, basis: basis)
    let alone = try AnalogyEditor(model: .folder(model.url), basis: basis)
    let (mine, theirs) = (try await own.edit(.small(steps: 2)), try await second.edit(.small(steps: 2)))
    #expect(mine.painted != theirs.painted)
    #expect(try await alone.edit(.small(steps: 2)).painted.differs(from: theirs.painted) <= 1)
    #expect(try await own.edit(.small(steps: 2)).painted == mine.painted)
    let foreign = try EmbeddedModel.folder().appending(path: "basis.safetensors")
    await expectSentence("basis.safetensors", "transformer") { _ = try await AnalogyEditor(own, basis: foreign) }
  }
}

extension Picture {
  /// The largest difference of a sample; 255 for other sizes.
  fileprivate func differs(from other: Picture) -> Int {
    guard size == other.size else { return 255 }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
