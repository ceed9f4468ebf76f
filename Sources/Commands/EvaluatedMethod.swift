import Foundation
import LoRWeB
import LoRWeBEvaluation
import LoRWeBPictures

/// A row of an evaluation; raw values are what the command takes.
enum EvaluatedMethod: String, CaseIterable {
  case copy
  case colorMap = "color-map"
  case prompt
  case canvas
  case canvasPrompt = "canvas-prompt"
  case singleLoRA = "single-lora"
  case lorweb
  case lorwebPrompt = "lorweb-prompt"
  case truth

  static func list(_ methods: [EvaluatedMethod] = allCases) -> String { methods.map(\.rawValue).joined(separator: ",") }

  /// The row's name in tables.
  var heading: String {
    switch self {
    case .copy: "copy b"
    case .colorMap: "colour map of a → a′"
    case .prompt: "base on b alone, true prompt"
    case .canvas: "base on the canvas, no prompt"
    case .canvasPrompt: "base on the canvas, true prompt"
    case .singleLoRA: "single LoRA, no prompt"
    case .lorweb: "basis, no prompt"
    case .lorwebPrompt: "basis, true prompt"
    case .truth: "true b′ through the autoencoder"
    }
  }
}

/// The editors that methods use.
struct EvaluatedEditors {
  /// Of the model with its basis.
  let own: AnalogyEditor
  /// Of the model with one LoRA for everything; nil if none was given.
  let single: AnalogyEditor?
  /// Sampling steps of both; nil is the model's own number.
  let steps: Int?

  /// - Throws: `ModelFolderError.badFile` for a single LoRA that is a basis of several or has something to route.
  init(_ model: ModelOptions, singleLoRA: String?, steps: Int?) throws {
    self.steps = steps
    own = try model.editor()
    single = try singleLoRA.map { path in
      let url = URL(filePath: path)
      let file = try BasisFile(url)
      guard file.size.count == 1, file.router.settings.activation == .softmax else {
        throw ModelFolderError.badFile(
          path,
          "it is a basis of \(file.size.count) LoRAs whose router is \(file.router.settings.activation.rawValue), but --single-lora "
            + "takes one LoRA that a softmax always weights with 1, as lorweb train --set basis.count=1 makes it")
      }
      return try model.editor(basis: url)
    }
  }

  /// b′ as a method has it, before details are carried.
  func output(of method: EvaluatedMethod, for item: EvaluationItem, instruction: String) async throws -> Picture {
    switch method {
    case .copy: return item.b
    case .colorMap: return try ColorMap(from: item.a, to: item.aPrime)(item.b)
    case .truth: return try await own.autoencoded(item.bPrime)
    case .prompt:
      var edit = PromptEdit(b: item.b, prompt: instruction)
      edit.details = .model
      edit.steps = steps
      return try await own.edit(edit).painted
    case .canvas, .canvasPrompt, .singleLoRA, .lorweb, .lorwebPrompt:
      var edit = AnalogyEdit(a: item.a, aPrime: item.aPrime, b: item.b)
      edit.strength = method == .canvas || method == .canvasPrompt ? 0 : 1
      edit.prompt = method == .canvasPrompt || method == .lorwebPrompt ? instruction : ""
      edit.details = .model
      edit.steps = steps
      return try await (method == .singleLoRA ? single ?? own : own).edit(edit).painted
    }
  }
}
