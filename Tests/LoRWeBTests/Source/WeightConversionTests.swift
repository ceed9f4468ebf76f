import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeB

@Suite("Weights in another layout or type")
struct WeightConversionTests {
  private let model: TestModel

  init() throws { model = try TestModel() }

  private func bytes(_ url: URL) throws -> Data { try Data(contentsOf: url) }

  @Test(
    "There and back gives the same tensors, and from the second round on the same bytes", arguments: ["transformer", "vae"])
  func roundTrip(part: String) throws {
    let (place, config) = (model.temporary, model.url.appending(path: "\(part)/config.json"))
    let original = model.url.appending(path: part)
    try WeightConversion(original, to: .bfl).write(to: place["1.safetensors"])
    try WeightConversion(place["1.safetensors"], config: config).write(to: place["2.safetensors"])
    let (first, second) = (try CheckpointSource(original), try CheckpointSource(place["2.safetensors"]))
    #expect(Set(first.names ?? []) == Set(second.names ?? []))
    try withTorchErrors {
      for name in first.names ?? [] {
        let request = WeightRequest(name: name, shape: try #require(first.shape(of: name)), initial: .zeros)
        let (one, other) = (try first.tensor(request), try second.tensor(request))
        #expect(one.dtype == other.dtype && one.distance(to: other) == 0, "\(name)")
      }
    }
    try WeightConversion(place["2.safetensors"], to: .bfl, config: config).write(to: place["3.safetensors"])
    try WeightConversion(place["3.safetensors"], config: config).write(to: place["4.safetensors"])
    #expect(try bytes(place["1.safetensors"]) == bytes(place["3.safetensors"]))
    #expect(try bytes(place["2.safetensors"]) == bytes(place["4.safetensors"]))
    #expect(
      try CheckpointSource(place["1.safetensors"]).names?.contains {
        $0.hasPrefix("double_blocks.") || $0.hasPrefix("encoder.down.")
      } == true)
  }

  @Test(
    "A folder gets settings and weights under diffusers' names; what is there is never replaced, what BFL has no names for refused"
  )
  func folders() throws {
    let place = model.temporary
    for part in ["transformer", "vae", "text_encoder", "text_encoder_2"] {
      let made = place["new-\(part)"]
      try WeightConversion(model.url.appending(path: part), dtype: .float16).write(to: made)
      #expect(try bytes(made.appending(path: "config.json")) == bytes(model.url.appending(path: "\(part)/config.json")))
      let written = try CheckpointSource(made)
      #expect(try Set(written.names ?? []) == Set(CheckpointSource(model.url.appending(path: part)).names ?? []))
      #expect(written.names?.allSatisfy { written.entry($0)?.dtype == .float16 } == true)
    }
    #expect(throws: ModelFolderError.alreadyThere(place["new-vae"].path)) {
      try WeightConversion(model.url.appending(path: "vae")).write(to: place["new-vae"])
    }
    #expect(throws: ModelFolderError.self) { try WeightConversion(model.url.appending(path: "text_encoder"), to: .bfl) }
    #expect(throws: ModelFolderError.self) {
      try WeightConversion(model.url.appending(path: "vae"), to: .bfl).write(to: place["folder"])
    }
    // A tiny transformer without its settings is not of Kontext's sizes.
    try FileManager.default.copyItem(
      at: model.url.appending(path: "transformer/diffusion_pytorch_model.safetensors"), to: place["alone.safetensors"])
    #expect(throws: ModelError.self) { try WeightConversion(place["alone.safetensors"]) }
  }
}
