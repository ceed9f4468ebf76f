import ArgumentParser
import Foundation
import LoRWeBComparison
import LoRWeBEvaluation

/// A row that the command knows; raw values are what `--methods` takes.
enum EvaluatedRow: String, CaseIterable {
  case copy
  case colorMap = "color-map"
  case prompt
  case canvas
  case canvasPrompt = "canvas-prompt"
  case singleLoRA = "single-lora"
  case lorweb
  case lorwebPrompt = "lorweb-prompt"
  case truth

  static func list() -> String { allCases.map(\.rawValue).joined(separator: ",") }

  var heading: String { meaning.heading }

  /// What it asks the model; nil for a row that pictures alone can answer.
  var question: ComparedModel.Question? { meaning.question }

  private var meaning: (heading: String, question: ComparedModel.Question?) {
    switch self {
    case .copy: ("copy b", nil)
    case .colorMap: ("colour map of a → a′", nil)
    case .prompt: ("base on b alone, true prompt", .wordsAlone)
    case .canvas: ("base on the canvas, no prompt", .canvas(isTold: false))
    case .canvasPrompt: ("base on the canvas, true prompt", .canvas(isTold: true))
    case .singleLoRA: ("single LoRA, no prompt", .singleLoRA)
    case .lorweb: ("basis, no prompt", .basis(isTold: false))
    case .lorwebPrompt: ("basis, true prompt", .basis(isTold: true))
    case .truth: ("true b′ through the autoencoder", nil)
    }
  }

  /// Names that rows have; another row can't have one of them.
  static let headings = allCases.map(\.heading) + [undecodedTruth]
  private static let undecodedTruth = "true b′"

  /// - Parameter model: answers the row's question, and its autoencoder takes the true answers.
  func method(by model: ComparedModel?) -> any EvaluatedMethod {
    if let question, let model { return MakingMethod(heading) { try await model.answer(question, for: $0) } }
    return switch self {
    case .colorMap: MakingMethod.colorMap(heading)
    case .truth: MakingMethod.truth(model == nil ? Self.undecodedTruth : heading)
    default: MakingMethod.copy(heading)
    }
  }
}

/// `--outputs NAME=DIR`.
struct NamedFolder {
  let name: String
  let folder: URL

  init(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw ValidationError("expected the row's name, a sign of equality and the folder of its pictures.")
    }
    (name, folder) = (String(parts[0]), URL(filePath: String(parts[1]), directoryHint: .isDirectory))
  }
}
