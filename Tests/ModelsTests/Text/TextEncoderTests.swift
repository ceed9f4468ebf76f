import Foundation
@testable import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Text encoders")
struct TextEncoderTests {
  private let clip = CLIPTextConfig(vocabulary: 50, positions: 12, endToken: 49, layers: .tiny)
  private let t5 = T5Config(vocabulary: 50, width: 32, headWidth: 8, feedForwardWidth: 48, layers: 2, heads: 4)
  private let ids = [[3, 14, 15, 9, 2, 6, 49, 49], [27, 18, 28, 49, 0, 0, 0, 0]]

  private func clipModel(_ dtype: DType = .float32) throws -> CLIPTextModel {
    try load(from: MemorySource { try CLIPTextModel($0, config: clip) }, dtype: dtype) { try CLIPTextModel($0, config: clip) }
  }

  private func t5Model(_ dtype: DType = .float32) throws -> T5Encoder {
    try load(from: MemorySource { try T5Encoder($0, config: t5) }, dtype: dtype) { try T5Encoder($0, config: t5) }
  }

  @Test("In bf16 and fp16 both give finite states within 5 % of fp32's", arguments: [DType.bfloat16, .float16])
  func halfPrecision(_ dtype: DType) throws {
    let (exact, half) = (try clipModel()(ids), try clipModel(dtype)(ids))
    let (exactT5, halfT5) = (try t5Model()(ids), try t5Model(dtype)(ids))
    try withTorchErrors {
      for (ours, reference) in [(half.last, exact.last), (half.pooled, exact.pooled), (halfT5, exactT5)] {
        #expect(ours.dtype == dtype)
        #expect(ours.isFinite().all())
        #expect(ours.relativeError(to: reference) < 0.05)
      }
    }
  }

  @Test("A token sees only what stands before it in CLIP, and everything in T5")
  func causality() throws {
    let changed = [[3, 14, 15, 9, 2, 7, 49, 49], [27, 18, 28, 49, 0, 0, 0, 0]]
    let (before, after) = (try clipModel()(ids).last, try clipModel()(changed).last)
    let (t5Before, t5After) = (try t5Model()(ids), try t5Model()(changed))
    try withTorchErrors {
      func difference(_ a: Tensor, _ b: Tensor, _ count: Int) -> Double {
        a.narrowed(1, from: 0, count: count).distance(to: b.narrowed(1, from: 0, count: count))
      }
      #expect(difference(before, after, 5) == 0)
      #expect(difference(before, after, 6) > 1e-3)
      #expect(difference(t5Before, t5After, 5) > 1e-6)
    }
  }

  @Test("Rows of token ids that a model can't take are refused in one sentence")
  func badTokens() throws {
    let (clip, t5) = (try clipModel(), try t5Model())
    let hostile: [[[Int]]] = [[], [[]], [[1, 49], [49]], [[50]], [[-1, 49]], [[Int.max, 49]], [[Int.min]]]
    for rows in hostile {
      #expect(throws: ModelError.self, "\(rows)") { try clip(rows) }
      #expect(throws: ModelError.self, "\(rows)") { try t5(rows) }
    }
    #expect(throws: ModelError.self, "too long") { try clip([Array(repeating: 49, count: 13)]) }
    #expect(
      throws: ModelError.badInput(
        "The CLIP text encoder pools at token 49, which a row of token ids lacks; end each row with it.")
    ) { try clip([[1, 2, 3]]) }
    #expect(
      throws: ModelError.badInput(
        "Token id 50 is not in the T5 encoder's vocabulary of 50; check that tokenizer and model belong together.")
    ) { try t5([[50]]) }
  }

  @Test("Sizes that no text encoder can have are refused before anything is made of them")
  func badConfigs() throws {
    let changes: [(inout CLIPTextConfig) -> Void] = [
      { $0.vocabulary = 0 }, { $0.vocabulary = .max }, { $0.positions = -1 }, { $0.layers.width = 0 }, { $0.layers.heads = 5 },
      { $0.layers.heads = 0 }, { $0.layers.layers = .max }, { $0.layers.feedForwardWidth = -4 }, { $0.layers.epsilon = -1 },
      { $0.layers.epsilon = .nan },
    ]
    for (index, change) in changes.enumerated() {
      var config = clip
      change(&config)
      #expect(throws: ModelError.self, "CLIP \(index)") { try plan { try CLIPTextModel($0, config: config) } }
    }
    let t5Changes: [(inout T5Config) -> Void] = [
      { $0.vocabulary = 0 }, { $0.width = -1 }, { $0.headWidth = 0 }, { $0.heads = .max }, { $0.layers = 0 },
      { $0.relativeBuckets = 2 }, { $0.relativeBuckets = 30 }, { $0.relativeDistance = 8 }, { $0.epsilon = 0 },
      { $0.feedForward = "relu" }, { $0.feedForwardWidth = .min },
    ]
    for (index, change) in t5Changes.enumerated() {
      var config = t5
      change(&config)
      #expect(throws: ModelError.self, "T5 \(index)") { try plan { try T5Encoder($0, config: config) } }
    }
  }

  @Test("A joint model's config.json gives its text part, and a missing key means what transformers means")
  func jointConfig() throws {
    let joint = Data(
      #"{"model_type": "clip", "text_config": {"hidden_size": 768, "eos_token_id": 2, "hidden_act": "gelu"}}"#.utf8)
    let config: CLIPTextConfig = try readConfig(from: joint, named: "config.json")
    #expect(config.layers.width == 768 && config.layers.activation == .gelu && config.endToken == 2)
    #expect(config.vocabulary == 49408 && config.positions == 77 && config.layers.heads == 8)
    let again: CLIPTextConfig = try readConfig(from: JSONEncoder().encode(config), named: "config.json")
    #expect(again == config)
    #expect(try readConfig(T5Config.self, from: JSONEncoder().encode(t5), named: "config.json") == t5)
  }

  @Test(
    "A config.json that can't be read is one sentence with file and key",
    arguments: [
      (#"{"vocab_size": "many"}"#, "config.json: the key vocab_size should hold a whole number."),
      (#"{"hidden_act": "swishy"}"#, "config.json: the key hidden_act holds a value that can't be used"),
      (
        #"{"text_config": {"hidden_size": 1.5}}"#,
        "config.json: this is not JSON text, or a number in it is not whole or too large."
      ),
      (#"{"vocab_size": 1e40}"#, "config.json: this is not JSON text, or a number in it is not whole or too large."),
      ("[]", "config.json: the file should hold an object."),
      ("", "config.json: this is not JSON text (unexpected end of file during JSON parse)."),
      ("{\n  \"vocab_size\" 1\n}", "config.json: this is not JSON text (invalid value in line 2, column "),
    ])
  func unreadable(_ text: String, _ sentence: String) {
    #expect {
      try readConfig(CLIPTextConfig.self, from: Data(text.utf8), named: "config.json")
    } throws: { error in
      "\(error)".hasPrefix(sentence) && "\(error)".hasSuffix(".")
    }
  }

  @Test("What a joint or older file holds besides is no obstacle, what is missing is")
  func fitting() throws {
    var source = try MemorySource { try CLIPTextModel($0, config: clip) }
    try withTorchErrors {
      for name in ["text_model.embeddings.position_ids", "logit_scale", "vision_model.embeddings.class_embedding"] {
        source.tensors[name] = .zeros([1])
      }
    }
    func model() throws -> CLIPTextModel {
      try load(from: source, dtype: .float32, ignoring: CLIPTextModel.ignores) { try CLIPTextModel($0, config: clip) }
    }
    #expect(try model().registry.parameters.count == 36)
    source.tensors["text_model.final_layer_norm.bias"] = nil
    #expect(throws: ModelError.self) { try model() }
  }
}
