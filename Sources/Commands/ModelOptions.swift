import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBTorch

/// Which model, and where it runs.
struct ModelOptions: ParsableArguments {
  @Option(help: "A model folder in the diffusers layout; the embedded model if left out.") var model: String?
  @Option(help: "A LoRWeB basis (.safetensors); the model folder's own if left out.") var basis: URL?
  @Option(help: "The authors' YAML that says how the basis's router works, for a basis that doesn't say it.")
  var basisConfig: URL?
  @Option(help: "The folder of the image encoder the basis was trained with; the model folder's own if left out.")
  var encoder: URL?
  @Option(help: "cpu, cuda, cuda:1 or mps.") var device = "cpu"
  @Option(help: "float32, bfloat16 or float16; by the model's size if left out.") var dtype: ComputeType?

  /// Some model or part of one was asked for, rather than what is taken if nothing is said.
  var isNamed: Bool { model != nil || basis != nil || basisConfig != nil || encoder != nil }

  /// - Parameter residency: nothing stays for one edit.
  func editor(_ residency: Residency) throws -> AnalogyEditor {
    try AnalogyEditor(
      model: model.map { .folder(URL(filePath: $0)) } ?? .embedded, basis: basis, basisConfig: basisConfig, encoder: encoder,
      device: device, dtype: dtype?.dtype, residency: residency)
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
