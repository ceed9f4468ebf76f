import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeB

/// An edit's tensors all live on the model's device: on torch's meta device nothing can be read back either, so what passes there
/// doesn't wait for the device. Operators refuse tensors of two devices (`Op.call`, in debug builds).
@Suite("An edit on another device")
struct MetaDeviceTests {
  private let model: TestModel

  init() throws {
    model = try TestModel()
  }

  /// A painting of a batch with a mix of its own, from pictures and a prompt to latents.
  private func paint(
    _ loaded: LoadedModel, use: AdapterUse, _ change: (LoRABasis) throws -> LoRABasis = { $0 }
  ) throws -> Tensor {
    let edit = try AnalogyEdit.small()
    let plan = try loaded.canvasPlan(a: edit.a.size, aPrime: edit.aPrime.size, b: edit.b.size)
    let canvas = try plan.canvas(a: edit.a, aPrime: edit.aPrime, b: edit.b)
    let basis = try loaded.basis(BasisChoice(model.url.appending(path: "basis.safetensors")))
    let mode = basis.file.router.settings.queryMode
    let query = mode.query(
      from: try loaded.embeddings(of: mode.views.map { try $0.picture(of: canvas, crops: plan.crops) }))
    let mix = Mix(basis: try change(basis.basis()), query: query, strength: 0.5)
    let painting = Painting(
      context: try loaded.latents(of: canvas), target: plan.canvas,
      factor: try loaded.spatialFactor(), conditioning: [try loaded.conditioning("make it snow")], seeds: [3], steps: 3,
      guidance: 2.5)
    var steps = 0
    let latents = try loaded.with(FittedAdapter(mix, basis.fit, key: 1, rank: 8), as: use, for: painting) {
      try loaded.backbone.paint(painting, loaded.parts) { progress in
        steps = progress.done
        _ = progress.estimate?()
      }
    }
    #expect(steps == 3)
    return latents
  }

  @Test(
    "From pictures to latents everything is on the model's device, and nothing is read back", arguments: AdapterUse.allCases)
  func whole(use: AdapterUse) throws {
    try withTorchErrors {
      try noGrad {
        let loaded = try LoadedModel(ModelFolder(model.url), residency: .everything, device: .meta, dtype: .float32)
        for _ in 0..<2 {
          let latents = try paint(loaded, use: use)
          #expect(latents.device == .meta && latents.shape == [1, 16, 16, 16])
        }
        for registry in loaded.parts.registries(from: .transformer) {
          #expect(registry.parameters.allSatisfy { $0.tensor.device == .meta })
        }
      }
    }
  }

  @Test("One basis tensor left on the CPU is an error that names the operator", arguments: AdapterUse.allCases)
  func strayTensor(use: AdapterUse) throws {
    let error = #expect(throws: TorchError.self) {
      try withTorchErrors {
        try noGrad {
          let loaded = try LoadedModel(ModelFolder(model.url), residency: .everything, device: .meta, dtype: .float32)
          _ = try paint(loaded, use: use) { basis in
            let path = try #require(basis.adapted.first).path
            let source = Straying(name: "transformer.\(path).lora_B")
            return try LoRABasis(
              Scope(source, dtype: nil, device: nil), layers: basis.adapted, size: basis.size, settings: basis.settings)
          }
        }
      }
    }
    #expect(error?.description.contains("aten::") == true && error?.description.contains("meta") == true)
  }
}

/// Tensors without memory, but for one on the CPU.
private struct Straying: WeightSource {
  let name: String
  var location: String { "a test" }
  var names: [String]? { nil }
  func shape(of name: String) -> [Int]? { nil }
  func tensor(_ request: WeightRequest) throws -> Tensor {
    .zeros(request.shape, device: request.name == name ? .cpu : .meta)
  }
}
