import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Text encoders, Parity")
struct TextParity {
  private let tolerance = 2e-5

  private func clip(endToken: Int? = nil) throws -> (golden: Golden, model: CLIPTextModel) {
    let golden = try Goldens.io("clip_text_tiny")
    var config = try golden.config(CLIPTextConfig.self)
    if let endToken { config.endToken = endToken }
    let model = try load(from: Goldens.weights("clip_text_tiny"), dtype: .float32, device: Goldens.device) {
      try CLIPTextModel($0, config: config)
    }
    return (golden, model)
  }

  private func t5(_ name: String) throws {
    let golden = try Goldens.io("t5_tiny")
    let model = try load(from: Goldens.weights("t5_tiny"), dtype: .float32, device: Goldens.device) {
      try T5Encoder($0, config: golden.config())
    }
    try withTorchErrors {
      var states: [Tensor] = []
      let out = try model(golden["\(name).input_ids"].rows) { states.append($0) }
      #expect(try out.shape == (golden["\(name).out"].shape))
      #expect(try out.distance(to: golden["\(name).out"]) < tolerance)
      #expect(states.count == 4)
      for (index, state) in states.enumerated() {
        #expect(try state.distance(to: golden["\(name).hidden_states.\(index)"]) < tolerance, "hidden state \(index)")
      }
    }
  }

  @Test("CLIP text: every hidden state and the last one equal transformers'")
  func clipStates() throws {
    let (golden, model) = try clip()
    try withTorchErrors {
      var states: [Tensor] = []
      let out = try model(golden["input_ids"].rows) { states.append($0) }
      #expect(try out.last.distance(to: golden["last_hidden_state"]) < tolerance)
      #expect(states.count == 4)
      for (index, state) in states.enumerated() {
        #expect(try state.distance(to: golden["hidden_states.\(index)"]) < tolerance, "hidden state \(index)")
      }
    }
  }

  @Test("CLIP text: eos_token_id 2 pools at the largest id, as transformers does for old files")
  func clipPooledAtLargest() throws {
    let (golden, model) = try clip()
    try withTorchErrors {
      let out = try model(golden["input_ids"].rows)
      #expect(try out.pooled.distance(to: golden["pooler_output"]) < tolerance)
    }
  }

  @Test("CLIP text: any other eos_token_id pools at its first occurrence")
  func clipPooledAtEnd() throws {
    let (golden, model) = try clip(endToken: 98)
    try withTorchErrors {
      let out = try model(golden["input_ids"].rows)
      #expect(try out.pooled.distance(to: golden["pooler_output_eos98"]) < tolerance)
    }
  }

  @Test("T5: a short batch equals transformers'")
  func t5Short() throws { try t5("short") }

  @Test("T5: 150 tokens, beyond the last relative position's bucket, equal transformers'")
  func t5Long() throws { try t5("long") }
}

extension Tensor {
  /// Rows of an integer matrix.
  var rows: [[Int]] {
    let (flat, width) = (array(of: Int.self), size(1))
    return stride(from: 0, to: flat.count, by: width).map { Array(flat[$0..<$0 + width]) }
  }
}
