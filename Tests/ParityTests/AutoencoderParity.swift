import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite struct AutoencoderParity {
  let io: Golden

  init() throws {
    io = try Goldens.io("vae_tiny")
  }

  private func autoencoder(_ dtype: DType = .float32) throws -> AutoencoderKL {
    let config: AutoencoderConfig = try io.config()
    return try load(from: Goldens.weights("vae_tiny"), dtype: dtype, device: Goldens.device) {
      try AutoencoderKL($0, config: config)
    }
  }

  @Test("Mean, log variance, sample and the transformer's latents equal diffusers", arguments: [nil, 8])
  func encoding(tile: Int?) throws {
    try withTorchErrors {
      let model = try autoencoder()
      let latents = try model.encode(io["image"], tile: tile)
      try #expect(latents.mean.distance(to: io["mean"]) <= 2e-5)
      try #expect(latents.logVariance.distance(to: io["logvar"]) <= 2e-5)
      try #expect(latents.sample(noise: io["eps"]).distance(to: io["sample"]) <= 2e-5)
      try #expect(model.scaled(latents.mode).distance(to: io["model_latents"]) <= 2e-5)
      #expect(model.unscaled(model.scaled(latents.mean)).distance(to: latents.mean) <= 1e-6)
    }
  }

  @Test("Decoded latents equal diffusers", arguments: [nil, 8])
  func decoding(tile: Int?) throws {
    try withTorchErrors {
      try #expect(autoencoder().decode(io["z"], tile: tile).distance(to: io["decoded"]) <= 2e-5)
    }
  }

  @Test("In bf16 both ways stay near the fp32 answers, whole and in bands", arguments: [nil, 8])
  func halfPrecision(tile: Int?) throws {
    try withTorchErrors {
      let model = try autoencoder(.bfloat16)
      let mean = try model.encode(io["image"].to(.bfloat16), tile: tile).mean
      let decoded = try model.decode(io["z"].to(.bfloat16), tile: tile)
      #expect(mean.dtype == .bfloat16 && decoded.dtype == .bfloat16)
      try #expect(mean.distance(to: io["mean"]) < 0.05)
      try #expect(decoded.distance(to: io["decoded"]) < 0.05)
    }
  }

  @Test("A 1024 px photo in 256 px tiles is the photo in one piece, without seams")
  func largePhoto() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let photo = try Picture(contentsOf: root.appending(path: "demo/photos/astronaut.jpg"))
      .resized(to: PictureSize(width: 1024, height: 1024))
    try withTorchErrors {
      let folder = try EmbeddedModel.folder().appending(path: "vae")
      let config = try JSONDecoder().decode(
        AutoencoderConfig.self, from: Data(contentsOf: folder.appending(path: "config.json")))
      let model = try load(from: CheckpointSource(folder), dtype: .float32, device: Goldens.device) {
        try AutoencoderKL($0, config: config)
      }
      let pixels = try Tensor.signed(photo).to(Goldens.device)
      let whole = try model.encode(pixels).mode
      let tiled = try model.encode(pixels, tile: 256).mode
      #expect(tiled.distance(to: whole) < 1e-3)
      let pictures = try (model.decode(whole), model.decode(tiled, tile: 256))
      let error = (pictures.0 - pictures.1).power(2).mean().item()
      #expect(10 * log10(4 / error) >= 40)
      // A seam is a row that differs from the rest: nowhere is there more than one of 255 levels.
      #expect(pictures.0.distance(to: pictures.1) <= 1 / 127.5)
    }
  }
}
