import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeB

/// The embedded model's edits, pictures to picture, against Proofs/edit/mini_edit.py, stage by stage.
@Suite struct EditParity {
  static let triplets = ["night", "fog", "cinema"]

  /// One triplet with the reference's tensors.
  struct Triplet {
    let answers: SafetensorsFile
    let a, aPrime, b: Picture

    init(_ name: String) throws {
      let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Edits/\(name)")
      answers = try SafetensorsFile(folder.appending(path: "answers.safetensors"))
      a = try Picture(contentsOf: folder.appending(path: "a.png"))
      aPrime = try Picture(contentsOf: folder.appending(path: "aPrime.png"))
      b = try Picture(contentsOf: folder.appending(path: "b.png"))
    }

    func callAsFunction(_ name: String) throws -> Tensor { try answers.tensor(name).clone().to(Goldens.device) }

    func picture(_ name: String) throws -> Picture { try Picture(samples: self(name)) }
  }

  @Test("Query, texts, context, noise, velocity, latents and picture equal the reference in fp32", arguments: triplets)
  func stages(name: String) throws {
    try withTorchErrors {
      try noGrad {
        let reference = try Triplet(name)
        let folder = try ModelFolder(EmbeddedModel.folder())
        let model = try LoadedModel(folder, device: Goldens.device, dtype: .float32)
        let basis = try model.basis(BasisChoice(#require(folder.basis)))
        let plan = try model.canvasPlan(
          a: reference.a.size, aPrime: reference.aPrime.size, b: reference.b.size)
        let canvas = try plan.canvas(a: reference.a, aPrime: reference.aPrime, b: reference.b)

        let mode = basis.file.router.settings.queryMode
        let query = mode.query(
          from: try model.embeddings(of: mode.views.map { try $0.picture(of: canvas, crops: plan.crops) }))
        let conditioning = try model.conditioning("")
        let (text, pooled) = (try #require(conditioning.tensors["text"]), try #require(conditioning.tensors["pooled"]))
        let context = try model.latents(of: canvas)
        let grid = try LatentGrid(picture: plan.canvas, channels: context.size(1), factor: plan.canvas.width / context.size(3))
        let noise = try grid.noise(seed: 0, dtype: .float32).to(Goldens.device)
        let mix = Mix(basis: try basis.basis(), query: query)
        let positions = try grid.positions(index: 0).to(Goldens.device)
        let config: FluxConfig = try folder.config(of: .transformer)
        let transformer = try load(
          from: FusedSource(folder.weights(.transformer), adding: mix), dtype: .float32, device: Goldens.device
        ) {
          try FluxTransformer($0, config: config)
        }
        let usage = folder.usage.sampling
        let schedule = try FlowSchedule(steps: usage.steps, tokens: grid.tokens, config: folder.config(of: .scheduler))
        let modulator = try #require(transformer.modulator)
        var denoiser = Denoiser(
          transformer, schedule: schedule, noise: noise, positions: positions,
          context: [grid.contextGroup(context)], text: text,
          modulations: modulator(schedule, like: noise, guidance: usage.guidance, pooled: pooled))
        while denoiser.step() {}

        let pairs: [(String, Tensor, Double)] = [
          ("query", query, 2e-5), ("text", text, 2e-5), ("pooled", pooled, 2e-5),
          ("context", LatentPacking.pack(context), 1e-4), ("noise", noise, 0),
          ("velocity0", try #require(denoiser.velocity), 1e-4), ("final", denoiser.sample, 1e-4),
        ]
        for (stage, ours, bound) in pairs {
          let distance = try ours.distance(to: reference(stage))
          #expect(distance <= bound * Goldens.slack, "\(stage) differs by \(distance)")
        }
        for (path, coefficients) in mix.coefficients {
          let distance = try coefficients.distance(to: reference("coefficients.\(path)"))
          #expect(distance <= 1e-6 * Goldens.slack, "coefficients of \(path) differ by \(distance)")
        }
        let painted = try model.picture(of: grid.latents(denoiser.sample))
        #expect(try share(of: painted, within: 1, of: reference.picture("canvas")) >= 0.999)
      }
    }
  }

  @Test("The editor's b' equals the reference's and differs visibly from the base's", arguments: triplets)
  func editor(name: String) async throws {
    let reference = try Triplet(name)
    let editor = try AnalogyEditor(device: Goldens.deviceName, dtype: .float32)
    var edit = AnalogyEdit(a: reference.a, aPrime: reference.aPrime, b: reference.b)
    (edit.details, edit.effort) = (.model, .exact)
    let result = try await editor.edit(edit)
    #expect(try share(of: result.painted, within: 1, of: reference.picture("bPrime")) >= 0.999)
    edit.strength = 0
    let base = try await editor.edit(edit)
    #expect(try share(of: base.painted, within: 1, of: reference.picture("base.bPrime")) >= 0.999)
    #expect(base.recipe.warnings.contains { $0.contains("strength is 0") })
    #expect(share(of: base.painted, within: 8, of: result.painted) < 0.5)
  }

  /// How many samples differ by at most that many levels.
  private func share(of one: Picture, within levels: Int, of other: Picture) -> Double {
    guard one.size == other.size else { return 0 }
    let close = zip(one.pixels, other.pixels).count { abs(Int($0) - Int($1)) <= levels }
    return Double(close) / Double(one.pixels.count)
  }
}
