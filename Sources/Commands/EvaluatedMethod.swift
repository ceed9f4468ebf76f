import LoRWeB
import LoRWeBEvaluation
import LoRWeBPictures

/// A row of an evaluation; raw values are what the command takes.
enum EvaluatedMethod: String, CaseIterable {
  case copy
  case colorMap = "color-map"
  case canvas
  case canvasPrompt = "canvas-prompt"
  case lorweb
  case lorwebPrompt = "lorweb-prompt"
  case truth

  static var list: String { allCases.map(\.rawValue).joined(separator: ",") }

  /// The row's name in tables.
  var heading: String {
    switch self {
    case .copy: "copy b"
    case .colorMap: "colour map of a → a′"
    case .canvas: "base on the canvas, no prompt"
    case .canvasPrompt: "base on the canvas, true prompt"
    case .lorweb: "basis, no prompt"
    case .lorwebPrompt: "basis, true prompt"
    case .truth: "true b′ through the autoencoder"
    }
  }

  /// b′ as this method has it, before details are carried.
  func output(for item: EvaluationItem, instruction: String, editor: AnalogyEditor) async throws -> Picture {
    switch self {
    case .copy: return item.b
    case .colorMap: return try ColorMap(from: item.a, to: item.aPrime)(item.b)
    case .truth: return try await editor.autoencoded(item.bPrime)
    case .canvas, .canvasPrompt, .lorweb, .lorwebPrompt:
      var edit = AnalogyEdit(a: item.a, aPrime: item.aPrime, b: item.b)
      edit.strength = self == .canvas || self == .canvasPrompt ? 0 : 1
      edit.prompt = self == .canvasPrompt || self == .lorwebPrompt ? instruction : ""
      edit.details = .model
      return try await editor.edit(edit).painted
    }
  }
}
