import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

/// The embedded model's three encoders, loaded by their folders' files, against transformers on three committed edits.
@Suite("Embedded encoders, Parity")
struct EmbeddedEncoderParity {
  private static let repository = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private let model = repository.appending(path: "Sources/LoRWeB/Embedded/mini", directoryHint: .isDirectory)

  private func answers(_ edit: String) throws -> Golden {
    let file = Self.repository.appending(path: "Tests/ParityTests/Edits/\(edit)/answers.safetensors")
    return Golden(file: try SafetensorsFile(file))
  }

  private func source(_ part: String) throws -> CheckpointSource { try CheckpointSource(model.appending(path: part)) }
  private func json(_ path: String) throws -> Data { try Data(contentsOf: model.appending(path: path)) }

  @Test("The query of a, a′ and b", arguments: ["cinema", "fog", "night"])
  func query(_ edit: String) throws {
    let (answers, config) = (try answers(edit), try ImageEncoderConfig(json: json("image_encoder/config.json")))
    let encoder = try config.load(from: source("image_encoder"), dtype: .float32, device: Goldens.device)
    let preprocessor = try ImagePreprocessor(json: json("feature_extractor/preprocessor_config.json"))
    let pictures = try ["a", "aPrime", "b"].map { try Picture(samples: answers[$0]) }
    let query = try encoder.embeddings(of: pictures, preparedBy: preprocessor)
    let expected = try answers["query"]
    try withTorchErrors { #expect(query.reshaped([1, -1]).distance(to: expected) < 2e-5) }
  }

  @Test("Pooled text and text states of the empty prompt")
  func text() throws {
    let answers = try answers("fog")
    let clipConfig: CLIPTextConfig = try readConfig(from: json("text_encoder/config.json"), named: "text_encoder/config.json")
    let clip = try load(from: source("text_encoder"), dtype: .float32, device: Goldens.device, ignoring: CLIPTextModel.ignores)
    {
      try CLIPTextModel($0, config: clipConfig)
    }
    let t5Config: T5Config = try readConfig(from: json("text_encoder_2/config.json"), named: "text_encoder_2/config.json")
    let t5 = try load(from: source("text_encoder_2"), dtype: .float32, device: Goldens.device, ignoring: T5Encoder.ignores) {
      try T5Encoder($0, config: t5Config)
    }
    try withTorchErrors { () throws in
      #expect(try clip(answers["clipIds"].rows).pooled.distance(to: answers["pooled"]) < 2e-5)
      #expect(try t5(answers["t5Ids"].rows).distance(to: answers["text"]) < 2e-5)
    }
  }
}
