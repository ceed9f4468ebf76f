import Foundation
import Testing

@testable import LoRWeB

@Suite("Embedded model")
struct EmbeddedModelTests {
  /// A new empty folder, removed when the closure returns.
  private func withTemporaryFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-\(UUID().uuidString)")
      .resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func makeModel(at folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: folder.appending(path: "model_index.json"))
  }

  @Test("The built library finds its model, complete")
  func found() throws {
    let folder = try EmbeddedModel.folder()
    let parts = [
      "model_index.json", "basis.safetensors", "transformer/diffusion_pytorch_model.safetensors", "vae/config.json",
      "text_encoder/model.safetensors", "text_encoder_2/model.safetensors", "tokenizer/vocab.json", "tokenizer_2/spiece.model",
      "image_encoder/model.safetensors", "feature_extractor/preprocessor_config.json", "scheduler/scheduler_config.json",
      "README.md",
    ]
    for part in parts { #expect(FileManager.default.fileExists(atPath: folder.appending(path: part).path), "\(part)") }
  }

  @Test("Token lengths are those the model was trained with", arguments: [("tokenizer", 32), ("tokenizer_2", 24)])
  func tokenLengths(tokenizer: String, length: Int) throws {
    let data = try Data(contentsOf: EmbeddedModel.folder().appending(path: "\(tokenizer)/tokenizer_config.json"))
    let config = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(config["model_max_length"] as? Int == length)
  }

  @Test(
    "Every usual place is found",
    arguments: [
      "LoRWeB_LoRWeB.resources/mini", "LoRWeB_LoRWeB.bundle/mini", "LoRWeB_LoRWeB.bundle/Contents/Resources/mini",
      "../share/lorweb/mini",
    ])
  func places(place: String) throws {
    try withTemporaryFolder { folder in
      let bin = folder.appending(path: "bin")
      try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
      let model = bin.appending(path: place).standardizedFileURL
      try makeModel(at: model)
      let found = try EmbeddedModel.folder(
        "mini", with: "model_index.json", besides: [folder.appending(path: "elsewhere"), bin])
      #expect(found.path == model.path)
    }
  }

  @Test("A model that is nowhere is one sentence that names where it was looked for")
  func missing() throws {
    try withTemporaryFolder { folder in
      #expect(throws: EmbeddedModelError(folders: [folder.path])) {
        try EmbeddedModel.folder("mini", with: "model_index.json", besides: [folder])
      }
      let text = EmbeddedModelError(folders: [folder.path]).localizedDescription
      #expect(text.contains(folder.path) && !text.contains("\n"))
    }
  }
}
