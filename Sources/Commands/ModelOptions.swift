import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBTorch

/// Which model, and where it runs.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      A diffusers folder, a transformer's file (safetensors, GGUF), a ComfyUI folder, or org/name in the Hugging Face cache; the \
      embedded model if left out.
      """) var model: String?
  @Option(help: "The autoencoder's file or folder; looked for if left out.") var vae: URL?
  @Option(help: "The CLIP text encoder's file or folder; looked for if left out.") var clip: URL?
  @Option(help: "The T5 encoder's file or folder; looked for if left out.") var t5: URL?
  @Option(help: "T5's spiece.model or its folder; looked for if left out.") var tokenizer: URL?
  @Option(help: "The config.json of a transformer file of other sizes than FLUX.1-Kontext-dev's.") var config: URL?
  @Option(help: "A LoRWeB basis (.safetensors); the model folder's own if left out.") var basis: URL?
  @Option(help: "The authors' YAML that says how the basis's router works, for a basis that doesn't say it.")
  var basisConfig: URL?
  @Option(help: "The image encoder the basis was trained with, a folder or file; the model's own, or looked for, if left out.")
  var encoder: URL?
  @Option(help: "cpu, cuda, cuda:1 or mps.") var device = "cpu"
  @Option(help: "float32, bfloat16 or float16; by the model's size if left out.") var dtype: ComputeType?

  /// Some model or part of one was asked for, rather than what is taken if nothing is said.
  var isNamed: Bool { model != nil || basis != nil || basisConfig != nil || config != nil || !parts.isEmpty }

  private var parts: [ModelPart: URL] {
    [.vae: vae, .textEncoder: clip, .textEncoder2: t5, .tokenizer2: tokenizer, .imageEncoder: encoder].compactMapValues(\.self)
  }

  /// The model that was named, found on this machine; nil for the embedded one.
  func found() throws -> FoundModel? {
    guard let model else { return nil }
    var named = NamedModel(model)
    (named.parts, named.config) = (parts, config)
    return try ModelSearch().find(named)
  }

  /// The embedded model, with the parts that were named in place of its own.
  func embedded() throws -> any ModelSource {
    let own = try ModelFolder(EmbeddedModel.folder())
    return parts.isEmpty && config == nil ? own : try ModelFiles(parts, over: own, config: config)
  }

  /// - Parameter residency: nothing stays for one edit.
  func editor(_ residency: Residency) throws -> AnalogyEditor {
    let found = try found()
    if let found, found.missing.contains(.transformer) { try found.checkComplete() }
    let name = model.map { URL(filePath: $0).standardizedFileURL.lastPathComponent } ?? "embedded"
    let editor = try AnalogyEditor(
      model: .source(found?.source ?? embedded(), name: name), basis: basis, basisConfig: basisConfig, encoder: encoder,
      device: device, dtype: dtype?.dtype, residency: residency)
    try found?.checkComplete()
    return editor
  }
}

/// The floating types one can compute in.
enum ComputeType: String, ExpressibleByArgument, CaseIterable {
  case float32, bfloat16, float16

  var dtype: DType {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .float16: .float16
    }
  }
}

extension AnalogyEdit.Details: ExpressibleByArgument {}
