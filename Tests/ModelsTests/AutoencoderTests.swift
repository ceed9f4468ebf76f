import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite("Autoencoder")
struct AutoencoderTests {
  private let small = AutoencoderConfig(
    latentChannels: 4, widths: [8, 16, 16], blocksPerLevel: 1, groups: 4, scale: 0.5, shift: 0.25)

  private func random(_ config: AutoencoderConfig) throws -> AutoencoderKL {
    try load(from: RandomSource(seed: 3), dtype: .float32) { try AutoencoderKL($0, config: config) }
  }

  private func noise(_ shape: [Int]) throws -> Tensor { Tensor.randn(shape, generator: try Generator(seed: 5)) }

  @Test("Names and shapes of FLUX's autoencoder are diffusers'")
  func fullSize() throws {
    let config = try JSONDecoder().decode(AutoencoderConfig.self, from: ShapeLists.json("flux-vae"))
    #expect(config == AutoencoderConfig())
    try ShapeLists.expect("flux-vae") { try AutoencoderKL($0, config: config) }
  }

  @Test("A configuration survives being written and read")
  func codable() throws {
    let read = try JSONDecoder().decode(AutoencoderConfig.self, from: JSONEncoder().encode(small))
    #expect(read == small)
  }

  @Test("1×1 convolutions, no shift, no attention and diffusers' other defaults are read from a bare configuration")
  func defaults() throws {
    let json = Data(#"{"block_out_channels": [32, 64], "mid_block_add_attention": false, "shift_factor": null}"#.utf8)
    let config = try JSONDecoder().decode(AutoencoderConfig.self, from: json)
    #expect(config.latentChannels == 4 && config.scale == 0.18215 && config.shift == 0 && config.blocksPerLevel == 1)
    let names = Set(try plan { try AutoencoderKL($0, config: config) }.map(\.name))
    #expect(names.isSuperset(of: ["quant_conv.weight", "post_quant_conv.bias", "encoder.mid_block.resnets.1.conv2.weight"]))
    #expect(!names.contains { $0.contains("attentions") })
    try withTorchErrors {
      let model = try random(config)
      let latents = try model.encode(noise([1, 3, 16, 8]))
      #expect(latents.mean.shape == [1, 4, 8, 4])
      try #expect(model.decode(latents.mode).shape == [1, 3, 16, 8])
    }
  }

  @Test(
    "What this model doesn't do is refused in a sentence that names the key",
    arguments: [
      ("act_fn", #""relu""#), ("down_block_types", #"["AttnDownEncoderBlock2D", "DownEncoderBlock2D"]"#),
      ("up_block_types", #"["UpDecoderBlock2D"]"#), ("out_channels", "4"), ("latents_mean", "[0.5]"), ("latents_std", "[0.5]"),
      ("norm_num_groups", "5"), ("norm_num_groups", "0"), ("layers_per_block", "4000000000"), ("scaling_factor", "0"),
      ("latent_channels", "-1"), ("in_channels", "1000000"),
    ])
  func refused(key: String, value: String) throws {
    let json = Data(#"{"block_out_channels": [32, 64], "\#(key)": \#(value)}"#.utf8)
    let error = #expect(throws: ModelError.self) { try JSONDecoder().decode(AutoencoderConfig.self, from: json) }
    let text = try #require(error).description
    #expect(text.contains(key) && text.hasSuffix("."))
  }

  @Test("A configuration without levels or with too many is refused", arguments: ["[]", "[8, 8, 8, 8, 8, 8, 8, 8, 8]"])
  func levels(list: String) {
    #expect(throws: ModelError.self) {
      try JSONDecoder().decode(AutoencoderConfig.self, from: Data(#"{"block_out_channels": \#(list)}"#.utf8))
    }
  }

  @Test("Pictures and latents of another shape are refused in a sentence")
  func badInput() throws {
    try withTorchErrors {
      let model = try random(small)
      #expect(model.spatialFactor == 4)
      for shape in [[1, 3, 16, 18], [1, 3, 6, 16], [1, 4, 16, 16], [3, 16, 16], [1, 3, 0, 16]] {
        let error = #expect(throws: ModelError.self) { try model.encode(noise(shape)) }
        #expect(try #require(error).description.hasSuffix("."))
      }
      #expect(throws: ModelError.self) { try model.decode(noise([1, 3, 4, 4])) }
      #expect(throws: ModelError.badInput("The autoencoder's tile is 0, expected at least 1.")) {
        try model.decode(noise([1, 4, 4, 4]), tile: 0)
      }
    }
  }

  @Test(
    "Bands of every height give the whole picture, also on odd latents and in a batch", arguments: [1, 7, 12, 20, 33, 1000])
  func bands(tile: Int) throws {
    try withTorchErrors {
      let model = try random(small)
      let pictures = try noise([2, 3, 36, 20])
      let whole = try model.encode(pictures)
      let tiled = try model.encode(pictures, tile: tile)
      #expect(tiled.mean.distance(to: whole.mean) < 1e-5)
      #expect(tiled.logVariance.distance(to: whole.logVariance) < 1e-5)
      try #expect(model.decode(whole.mean, tile: tile).distance(to: model.decode(whole.mean)) < 1e-5)
    }
  }

  @Test("Statistics of bands hold for pictures far from zero")
  func offsetPictures() throws {
    try withTorchErrors {
      let model = try random(small)
      let pictures = try noise([1, 3, 32, 32]) * 0.01 + 30
      let whole = try model.encode(pictures).mean
      try #expect(model.encode(pictures, tile: 8).mean.distance(to: whole) < 1e-3 * whole.magnitude().maximum().item())
    }
  }

  @Test("A log variance stays within its bounds and the sample of no noise is the mode")
  func distribution() throws {
    try withTorchErrors {
      let model = try random(small)
      let latents = try model.encode(noise([1, 3, 8, 8]) * 1e6)
      #expect(latents.logVariance.maximum().item() <= 20 && (-latents.logVariance).maximum().item() <= 30)
      #expect(latents.sample(noise: .zeros(latents.mean.shape)).distance(to: latents.mode) == 0)
      #expect(model.scaled(Tensor([Float(1.25)])).item() == 0.5)
      #expect(model.unscaled(Tensor([Float(0.5)])).item() == 1.25)
    }
  }

  @Test("A picture becomes a tensor and the same picture again")
  func pictures() throws {
    let picture = try Picture(width: 16, height: 16, pixels: (0..<768).map { UInt8($0 % 256) })
    try withTorchErrors {
      let tensor = Tensor.signed(picture)
      #expect(tensor.shape == [1, 3, 16, 16])
      #expect((-tensor).maximum().item() == 1 && tensor.maximum().item() == 1)
      try #expect(Picture(signed: tensor) == picture)
      try #expect(Picture(signed: tensor * 3).pixels.max() == 255)
      #expect(throws: ModelError.self) { try Picture(signed: .zeros([2, 3, 4, 4])) }
    }
  }
}
