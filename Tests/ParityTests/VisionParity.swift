import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite("CLIP vision, Parity")
struct CLIPVisionParity {
  private let tolerance = 2e-5
  private let golden: Golden
  private let model: CLIPVisionModel
  private let preprocessor: ImagePreprocessor
  private let pictures: [Picture]

  init() throws {
    let golden = try Goldens.io("clip_vision_tiny")
    self.golden = golden
    model = try load(from: Goldens.weights("clip_vision_tiny"), dtype: .float32, device: Goldens.device) {
      try CLIPVisionModel($0, config: golden.config(at: "model"))
    }
    preprocessor = try ImagePreprocessor(json: golden.json("config", at: "processor"))
    pictures = try (0..<5).map { try Picture(samples: golden["image.\($0)"]) }
  }

  private func pixels(_ pictures: [Picture]) throws -> Tensor {
    guard case .pixels(let pixels) = try preprocessor(pictures) else { throw GoldenError.noEntry("pixels", "clip_vision_tiny") }
    return try pixels.to(Goldens.device)
  }

  @Test("Five sizes of picture are resized, cropped and normalised as CLIPImageProcessor does")
  func pixelValues() throws {
    try withTorchErrors {
      let ours = try pixels(pictures)
      for index in pictures.indices {
        #expect(try ours.selected(0, index).distance(to: golden["pixel_values.\(index)"]) <= 1e-6, "picture \(index)")
      }
    }
  }

  @Test("Floats are truncated to 8 bits before they are resized, as in the authors' training")
  func floatPath() throws {
    try withTorchErrors {
      for (index, picture) in pictures.enumerated() {
        // The control tensor's way: -1 to 1 and back.
        let unit = (Tensor.unit(picture) * 2 - 1) / 2 + 0.5
        let ours = try pixels([Picture(unit: unit, rounding: .towardZero)])
        #expect(try ours.selected(0, 0).distance(to: golden["pixel_values_floatpath.\(index)"]) <= 1e-6, "picture \(index)")
      }
    }
  }

  @Test("Embeddings, pooled vector and every hidden state equal transformers'")
  func states() throws {
    try withTorchErrors {
      var hidden: [Tensor] = []
      let out = try model(stacked((0..<5).map { try golden["pixel_values.\($0)"] })) { hidden.append($0) }
      #expect(try out.embeddings.distance(to: golden["image_embeds"]) < tolerance)
      #expect(try out.pooled.distance(to: golden["pooled_post_layernorm"]) < tolerance)
      #expect(try out.last.distance(to: golden["last_hidden_state"]) < tolerance)
      #expect(hidden.count == 4)
      for (index, state) in hidden.enumerated() {
        #expect(try state.distance(to: golden["hidden_states.\(index)"]) < tolerance, "hidden state \(index)")
      }
    }
  }

  @Test("From pictures to the query of a, a′ and b, in this order")
  func query() throws {
    try withTorchErrors {
      let embeddings = try model.embeddings(of: Array(pictures.prefix(3)), preparedBy: preprocessor)
      #expect(embeddings.shape == [3, model.width])
      #expect(try embeddings.reshaped([1, -1]).distance(to: golden["query_of_0_1_2"]) < tolerance)
    }
  }
}

@Suite("SigLIP and SigLIP2 vision, Parity")
struct SigLIPParity {
  private let tolerance = 2e-5

  @Test("SigLIP: pooled output and every hidden state equal transformers'")
  func siglip() throws {
    let golden = try Goldens.io("siglip_tiny")
    let model = try load(from: Goldens.weights("siglip_tiny"), dtype: .float32, device: Goldens.device) {
      try SigLIPVisionModel($0, config: golden.config())
    }
    try withTorchErrors {
      var hidden: [Tensor] = []
      let out = try model(golden["pixel_values"]) { hidden.append($0) }
      #expect(try out.pooled.distance(to: golden["pooler_output"]) < tolerance)
      #expect(try out.last.distance(to: golden["last_hidden_state"]) < tolerance)
      #expect(hidden.count == 3)
      for (index, state) in hidden.enumerated() {
        #expect(try state.distance(to: golden["hidden_states.\(index)"]) < tolerance, "hidden state \(index)")
      }
    }
  }

  @Test("SigLIP2: pooled output and states of pictures of two shapes, padding included, equal transformers'")
  func siglip2() throws {
    let golden = try Goldens.io("siglip2_tiny")
    let model = try load(from: Goldens.weights("siglip2_tiny"), dtype: .float32, device: Goldens.device) {
      try SigLIP2VisionModel($0, config: golden.config())
    }
    try withTorchErrors {
      let grids = try golden["spatial_shapes"].rows.map { PatchGrid(rows: $0[0], columns: $0[1]) }
      let counted = try golden["pixel_attention_mask"].rows.map { $0.reduce(0, +) }
      #expect(grids.map { $0.rows * $0.columns } == counted)
      let out = try model(PatchBatch(pixels: golden["pixel_values"], grids: grids))
      #expect(try out.pooled.distance(to: golden["pooler_output"]) < tolerance)
      #expect(try out.last.distance(to: golden["last_hidden_state"]) < tolerance)
    }
  }
}
