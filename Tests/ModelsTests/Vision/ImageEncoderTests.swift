import Foundation
@testable import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite("Image encoders")
struct ImageEncoderTests {
  private let clip = CLIPVisionConfig(imageSize: 16, patchSize: 8, projectionWidth: 12, layers: .tiny)
  private let siglip = SigLIPVisionConfig(imageSize: 16, patchSize: 8, layers: .tiny)
  private let siglip2 = SigLIP2VisionConfig(positions: 4, patchSize: 8, layers: .tiny)
  private var all: [ImageEncoderConfig] { [.clip(clip), .siglip(siglip), .siglip2(siglip2)] }

  private func source(_ config: ImageEncoderConfig) throws -> MemorySource {
    switch config {
    case .clip(let config): try MemorySource { try CLIPVisionModel($0, config: config) }
    case .siglip(let config): try MemorySource { try SigLIPVisionModel($0, config: config) }
    case .siglip2(let config): try MemorySource { try SigLIP2VisionModel($0, config: config) }
    }
  }

  private func preprocessor(_ config: ImageEncoderConfig) throws -> ImagePreprocessor {
    let (type, sizes) =
      switch config {
      case .clip: ("CLIPImageProcessor", #""size": {"shortest_edge": 16}, "crop_size": 16"#)
      case .siglip: ("SiglipImageProcessor", #""size": {"height": 16, "width": 16}"#)
      case .siglip2: ("Siglip2ImageProcessor", #""patch_size": 8, "max_num_patches": 6"#)
      }
    return try ImagePreprocessor(
      json: Data(#"{"image_processor_type": "\#(type)", \#(sizes), "image_mean": 0.5, "image_std": 0.5}"#.utf8))
  }

  private func pictures() throws -> [Picture] {
    try [(20, 31), (17, 16), (40, 9)].map { width, height in
      try Picture(width: width, height: height, pixels: (0..<width * height * 3).map { UInt8($0 * $0 % 251) })
    }
  }

  @Test("Each gives one vector a picture, as wide as its configuration says, the same alone or in a batch")
  func embeddings() throws {
    for config in all {
      let encoder = try config.load(from: source(config), dtype: .float32)
      #expect(encoder.width == config.width)
      let (preprocessor, pictures) = (try preprocessor(config), try pictures())
      let together = try encoder.embeddings(of: pictures, preparedBy: preprocessor)
      #expect(together.shape == [3, config.width])
      for (index, picture) in pictures.enumerated() {
        let alone = try encoder.embeddings(of: [picture], preparedBy: preprocessor)
        try withTorchErrors { #expect(alone.selected(0, 0).distance(to: together.selected(0, index)) < 1e-5) }
      }
    }
  }

  @Test("In bf16 each gives finite embeddings within 5 % of fp32's")
  func halfPrecision() throws {
    for config in all {
      let (preprocessor, pictures, source) = (try preprocessor(config), try pictures(), try source(config))
      let exact = try config.load(from: source, dtype: .float32).embeddings(of: pictures, preparedBy: preprocessor)
      let half = try config.load(from: source, dtype: .bfloat16).embeddings(of: pictures, preparedBy: preprocessor)
      try withTorchErrors {
        #expect(half.dtype == .bfloat16)
        #expect(half.isFinite().all())
        #expect(half.relativeError(to: exact) < 0.05, "\(config)")
      }
    }
  }

  @Test(
    "config.json tells the three apart",
    arguments: [
      (#"{"model_type": "clip", "vision_config": {"projection_dim": 768}}"#, "clip", 768),
      (#"{"model_type": "clip_vision_model"}"#, "clip", 512),
      (#"{"architectures": ["CLIPVisionModelWithProjection"], "projection_dim": 64}"#, "clip", 64),
      (#"{"model_type": "siglip", "vision_config": {"hidden_size": 1152, "num_attention_heads": 16}}"#, "siglip", 1152),
      (#"{"model_type": "siglip_vision_model"}"#, "siglip", 768),
      (#"{"model_type": "siglip2", "vision_config": {"model_type": "siglip2_vision_model"}}"#, "siglip2", 768),
      (#"{"architectures": ["Siglip2Model"]}"#, "siglip2", 768),
      // SigLIP2 for pictures of one size
      (#"{"model_type": "siglip2", "vision_config": {"model_type": "siglip_vision_model"}}"#, "siglip", 768),
      (#"{"model_type": "siglip2", "vision_config": {"image_size": 384}}"#, "siglip", 768),
    ])
  func families(_ json: String, _ family: String, _ width: Int) throws {
    let config = try ImageEncoderConfig(json: Data(json.utf8))
    let found =
      switch config {
      case .clip: "clip"
      case .siglip: "siglip"
      case .siglip2: "siglip2"
      }
    #expect(found == family)
    #expect(config.width == width)
  }

  @Test("A config.json of something else is refused by name")
  func otherModels() {
    for json in [#"{"model_type": "dinov2"}"#, "{}", #"{"architectures": []}"#, #"{"model_type": "clip_text_model"}"#] {
      #expect(throws: ModelError.self, "\(json)") { try ImageEncoderConfig(json: Data(json.utf8)) }
    }
  }

  @Test("A patch embedding of the other form is refused, naming both forms")
  func patchForms() throws {
    for (config, weights) in [(all[2], all[1]), (all[1], all[2]), (all[0], all[2])] {
      #expect {
        try config.load(from: source(weights), dtype: .float32)
      } throws: { error in
        let text = "\(error)"
        return error is ModelError && text.contains("convolution") && text.contains("linear") && text.contains("[32, 192]")
          && text.contains("[32, 3, 8, 8]")
      }
    }
  }

  @Test("Weights of another encoder of the same form are refused, nothing is filled in")
  func otherWeights() throws {
    #expect(throws: ModelError.self) { try all[0].load(from: source(all[1]), dtype: .float32) }
    #expect(throws: ModelError.self) { try all[1].load(from: source(all[0]), dtype: .float32) }
    var wider = siglip
    wider.imageSize = 24
    #expect(throws: ModelError.self) { try ImageEncoderConfig.siglip(wider).load(from: source(all[1]), dtype: .float32) }
  }

  @Test("A joint model's file gives its vision half")
  func jointFiles() throws {
    for config in all {
      var source = try source(config)
      try withTorchErrors { source.tensors["text_model.encoder.layers.0.mlp.fc1.weight"] = .zeros([1]) }
      try withTorchErrors { source.tensors["logit_scale"] = .zeros([1]) }
      #expect(try config.load(from: source, dtype: .float32).width == config.width)
    }
  }

  @Test("Pictures prepared for another encoder or of another size are refused in one sentence")
  func otherInputs() throws {
    let encoders = try all.map { try $0.load(from: source($0), dtype: .float32) }
    let pictures = try pictures()
    for (encoder, other) in [(0, 2), (1, 2), (2, 0)] {
      #expect(throws: ModelError.self) { try encoders[encoder].embeddings(of: pictures, preparedBy: preprocessor(all[other])) }
    }
    try withTorchErrors {
      for shape in [[1, 3, 16, 8], [3, 16, 16], [0, 3, 16, 16], [1, 1, 16, 16], [1, 3, 32, 32], []] {
        #expect(throws: ModelError.self, "\(shape)") { try encoders[0].embeddings(of: .pixels(.zeros(shape))) }
        #expect(throws: ModelError.self, "\(shape)") { try encoders[1].embeddings(of: .pixels(.zeros(shape))) }
      }
      let patches = Tensor.zeros([1, 4, 192])
      let grids = [(0, 3), (-1, -1), (2, 3), (Int.max, 2), (1 << 40, 1 << 40)].map { PatchGrid(rows: $0.0, columns: $0.1) }
      for grid in grids {
        #expect(throws: ModelError.self, "\(grid)") {
          try encoders[2].embeddings(of: .patches(PatchBatch(pixels: patches, grids: [grid])))
        }
      }
      let square = PatchGrid(rows: 2, columns: 2)
      for batch in [PatchBatch(pixels: patches, grids: []), PatchBatch(pixels: .zeros([1, 4, 48]), grids: [square])] {
        #expect(throws: ModelError.self) { try encoders[2].embeddings(of: .patches(batch)) }
      }
    }
  }

  @Test(
    "Sizes that no image encoder can have are refused before anything is made of them",
    arguments: [
      #""image_size": 0"#, #""image_size": -224"#, #""image_size": 9000000000"#, #""patch_size": 0"#, #""patch_size": 300"#,
      #""num_channels": 4"#, #""hidden_size": 770"#, #""num_attention_heads": -2"#, #""num_hidden_layers": 100000"#,
      #""layer_norm_eps": 0"#, #""hidden_act": "mystery""#,
    ])
  func badConfigs(_ setting: String) {
    for family in ["clip", "siglip"] {
      #expect(throws: ModelError.self, "\(family)") {
        try ImageEncoderConfig(json: Data(#"{"model_type": "\#(family)_vision_model", \#(setting)}"#.utf8))
      }
    }
  }

  @Test(
    "SigLIP2's own sizes are checked too",
    arguments: [
      #""num_patches": 0"#, #""num_patches": 255"#, #""num_patches": 9000000000"#, #""patch_size": 5000"#,
      #""vision_use_head": false"#, #""hidden_size": 7"#,
    ])
  func badSigLIP2Configs(_ setting: String) {
    #expect(throws: ModelError.self) {
      try ImageEncoderConfig(json: Data(#"{"model_type": "siglip2_vision_model", \#(setting)}"#.utf8))
    }
  }
}
