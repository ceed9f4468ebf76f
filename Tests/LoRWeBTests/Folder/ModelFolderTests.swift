import Foundation
import LoRWeB
import LoRWeBPictures
import Testing

@Suite("Model folders")
struct ModelFolderTests {
  private let model: TestModel

  init() throws { model = try TestModel() }

  @Test("A folder says how it wants to be used, else Kontext's numbers hold")
  func usage() throws {
    let usage = try ModelFolder(model.url).usage
    #expect(usage.tile == 64 && usage.sampling == (2, 2.5) && usage.canvasRule == .fixedSquare(tile: 64))
    try model.change("model_index.json", ["_lorweb": nil])
    let plain = try ModelFolder(model.url).usage
    #expect(plain.tile == nil && plain.sampling == (28, 2.5) && plain.canvasRule == .aspect(area: 4 * 512 * 512))
  }

  @Test("What is no model folder is said to be none")
  func noFolder() async throws {
    await expectSentence("nowhere", "give a folder in the diffusers layout") { _ = try ModelFolder(URL(filePath: "nowhere")) }
    await expectSentence("model_index.json", "is no folder") {
      _ = try ModelFolder(model.url.appending(path: "model_index.json"))
    }
    await expectSentence("no model_index.json") { _ = try ModelFolder(model.url.appending(path: "vae")) }
  }

  @Test(
    "An index that makes no sense is refused by file and key",
    arguments: [
      (#"{"_lorweb": {"tile": 0}}"#, "tile"), (#"{"_lorweb": {"tile": -64}}"#, "tile"),
      (#"{"_lorweb": {"tile": 99999}}"#, "tile"),
      (#"{"_lorweb": {"steps": 0}}"#, "steps"), (#"{"_lorweb": {"steps": 1001}}"#, "steps"),
      (#"{"_lorweb": {"guidance": -1}}"#, "guidance"), (#"{"_lorweb": {"guidance": 1e9}}"#, "guidance"),
      (#"{"_lorweb": {"tile": "big"}}"#, "tile"), (#"{"_lorweb": {"tile": 1.5}}"#, "whole"), (#"{"_lorweb": 7}"#, "_lorweb"),
      ("{", "JSON"), ("[]", "object"),
    ])
  func badIndex(text: String, words: String) async throws {
    try model.write(text, to: "model_index.json")
    await expectSentence("model_index.json", words) { _ = try ModelFolder(model.url) }
  }

  @Test(
    "A missing component is named by editor and check",
    arguments: [
      ("transformer", "transformer"), ("vae", "autoencoder"), ("text_encoder", "CLIP text encoder"),
      ("text_encoder_2", "T5 text encoder"),
      ("tokenizer", "CLIP tokenizer"), ("tokenizer_2", "T5 tokenizer"), ("scheduler", "scheduler"),
      ("image_encoder", "image encoder"),
      ("feature_extractor", "image encoder"), ("basis.safetensors", "basis"),
    ])
  func missing(component: String, subject: String) async throws {
    try model.remove(component)
    await expectSentence(component == "feature_extractor" ? "preprocessor_config.json" : component) {
      _ = try await model.editor().edit(.small())
    }
    let findings = try ModelCheck(ModelFolder(model.url)).findings()
    let problems = findings.filter { $0.problem != nil }
    #expect(problems.contains { $0.subject == subject }, "\(problems)")
    for problem in problems { await expectSentence { throw Said(problem.problem ?? "") } }
  }

  @Test(
    "A broken setting is refused by file and key",
    arguments: [
      ("transformer/config.json", "num_layers"), ("vae/config.json", "latent_channels"),
      ("text_encoder/config.json", "hidden_size"),
      ("text_encoder_2/config.json", "d_model"), ("image_encoder/config.json", "hidden_size"),
      ("scheduler/scheduler_config.json", "shift"), ("feature_extractor/preprocessor_config.json", "image_mean"),
    ])
  func badSetting(file: String, key: String) async throws {
    try model.change(file, [key: "broken"])
    await expectSentence(file, key) { _ = try await model.editor().edit(.small()) }
    #expect(try ModelCheck(ModelFolder(model.url)).findings().contains { $0.problem?.contains(file) == true })
    try model.write("{\"a\": ", to: file)
    await expectSentence(file, "JSON") { _ = try await model.editor().edit(.small()) }
  }

  @Test(
    "Weights that don't belong to their config.json are refused with names and shapes",
    arguments: [
      ("transformer/config.json", "num_single_layers", 1), ("vae/config.json", "layers_per_block", 2),
      ("text_encoder/config.json", "num_hidden_layers", 3),
      ("text_encoder_2/config.json", "d_ff", 32), ("image_encoder/config.json", "projection_dim", 8),
    ])
  func otherConfig(file: String, key: String, value: Int) async throws {
    try model.change(file, [key: value])
    await expectSentence { _ = try await model.editor().edit(.small()) }
    #expect(try ModelCheck(ModelFolder(model.url)).findings().contains { $0.problem != nil })
  }

  @Test(
    "A weight file that is cut short is refused by name, in every component",
    arguments: [
      "transformer/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model", "text_encoder_2/model",
      "image_encoder/model",
      "basis",
    ])
  func truncated(file: String) async throws {
    let url = model.url.appending(path: "\(file).safetensors")
    let data = try Data(contentsOf: url)
    try data.prefix(data.count / 2).write(to: url)
    await expectSentence("\(file).safetensors") { _ = try await model.editor().edit(.small()) }
    #expect(try ModelCheck(ModelFolder(model.url)).findings().contains { $0.problem?.contains(file) == true })
  }
}

/// A sentence to look at.
struct Said: Error, CustomStringConvertible, LocalizedError {
  let description: String
  var errorDescription: String? { description }
  init(_ text: String) { description = text }
}

@Suite("Model checks")
struct ModelCheckTests {
  @Test("A whole model is looked at part by part, and every part is ok")
  func ready() throws {
    let model = try TestModel()
    let findings = try ModelCheck(ModelFolder(model.url)).findings()
    #expect(
      findings.map(\.subject) == [
        "image encoder", "CLIP tokenizer", "CLIP text encoder", "T5 tokenizer", "T5 text encoder", "autoencoder", "scheduler",
        "transformer", "basis",
      ])
    for finding in findings { #expect(finding.problem == nil && !finding.detail.isEmpty) }
    #expect(findings.last?.detail == "4 LoRAs of rank 2 on 40 linears")
  }

  @Test("The embedded model is ready")
  func embedded() throws {
    for finding in try ModelCheck(ModelFolder(EmbeddedModel.folder())).findings() { #expect(finding.problem == nil) }
  }

  @Test("A basis of another model fits neither the transformer nor the encoder, and both are said")
  func otherBasis() throws {
    let basis = try EmbeddedModel.folder().appending(path: "basis.safetensors")
    let model = try TestModel()
    let findings = try ModelCheck(ModelFolder(model.url), basis: basis).findings()
    #expect(findings.filter { $0.problem != nil }.map(\.subject) == ["image encoder", "basis"])
  }

  @Test("An encoder folder without settings is said to hold none")
  func noEncoder() throws {
    let model = try TestModel()
    let error = #expect(throws: ModelFolderError.self) {
      try ModelFiles([.imageEncoder: model.url], over: ModelFolder(model.url))
    }
    #expect(error.map { "\($0)".contains("no config.json") } == true)
  }
}
