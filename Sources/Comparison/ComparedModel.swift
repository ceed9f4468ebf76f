import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBEvaluation
import LoRWeBPictures
import LoRWeBTorch

/// A model with its basis, and perhaps with one LoRA in the basis's place: it prepares items for its methods and answers them.
public struct ComparedModel: Sendable {
  /// How the model is asked.
  public enum Question: Hashable, Sendable {
    /// The base on b alone, told the true prompt: no example, no canvas, no basis.
    case wordsAlone
    /// The base on the canvas without the basis, with an empty or the true prompt.
    case canvas(isTold: Bool)
    /// On the canvas with one LoRA for everything, with an empty prompt.
    case singleLoRA
    /// On the canvas with the basis, with an empty or the true prompt.
    case basis(isTold: Bool)
  }

  /// Which true answers go through the autoencoder; false leaves out what nobody will look at.
  public struct Answers: Sendable {
    /// The item's own, even where identification doesn't ask for it.
    public var truth: Bool
    /// Those that identification compares with.
    public var others: Bool

    public init(truth: Bool, others: Bool) { (self.truth, self.others) = (truth, others) }
  }

  private let own: AnalogyEditor
  private let single: AnalogyEditor?
  private let answers: Answers
  private let effort: Effort?
  /// Sampling steps; nil is the effort's or the model's own number.
  private let steps: Int?

  /// - Parameters:
  ///   - own: of the model with its basis.
  ///   - effort: as of an edit. The tables of docs/results are exact.
  ///   - single: a basis of one LoRA for everything, for the same model; nil if nobody asks `.singleLoRA`.
  /// - Throws: `ModelFolderError.badFile` for a basis of several LoRAs or with something to route; `AdapterError`,
  ///   `CheckpointError` for a file that is no basis or doesn't fit.
  public init(
    own: AnalogyEditor, single: URL? = nil, answers: Answers, effort: Effort? = .exact, steps: Int? = nil
  ) async throws {
    (self.own, self.answers, self.effort, self.steps) = (own, answers, effort, steps)
    self.single = if let single { try await AnalogyEditor(own, basis: single) } else { nil }
    guard let single else { return }
    try await own.host.perform { model in
      let file = try model.basis(BasisChoice(single)).file
      let (count, activation) = (file.size.count, file.router.settings.activation)
      guard count == 1, activation == .softmax else {
        throw ModelFolderError.badFile(
          single.path(percentEncoded: false),
          "it is a basis of \(count) LoRAs whose router is \(activation.rawValue), but a single LoRA is one that a softmax always "
            + "weights with 1, as training with basis.count=1 makes it")
      }
    }
  }

  /// What the model's own image encoder makes of pictures, in fp32 on the CPU, since a cosine of small differences needs that.
  public func ownEncoder() async throws -> DirectionJudge.Encoder {
    let (source, isExact) = try await own.host.perform { ($0.source, $0.dtype == .float32 && $0.device == .cpu) }
    let host = isExact ? own.host : try ModelHost(source, dtype: .float32)
    return { pictures in
      try await host.perform { model in
        let rows = try model.embeddings(of: pictures).to(.float64)
        return pictures.indices.map { rows.selected(0, $0).array(of: Double.self) }
      }
    }
  }

  /// b′ as the model paints it, before details are carried.
  public func answer(_ question: Question, for item: EvaluationItem) async throws -> Picture {
    switch question {
    case .wordsAlone:
      var edit = PromptEdit(b: item.b, prompt: item.instruction)
      (edit.details, edit.effort, edit.steps) = (.model, effort, steps)
      return try await own.edit(edit).painted
    case .canvas(let isTold): return try await painted(item, by: own, isTold: isTold, strength: 0)
    case .singleLoRA: return try await painted(item, by: single ?? own, isTold: false, strength: 1)
    case .basis(let isTold): return try await painted(item, by: own, isTold: isTold, strength: 1)
    }
  }

  private func painted(
    _ item: EvaluationItem, by editor: AnalogyEditor, isTold: Bool, strength: Double
  ) async throws -> Picture {
    var edit = AnalogyEdit(a: item.a, aPrime: item.aPrime, b: item.b)
    (edit.strength, edit.prompt) = (strength, isTold ? item.instruction : "")
    (edit.details, edit.effort, edit.steps) = (.model, effort, steps)
    return try await editor.edit(edit).painted
  }
}

extension ComparedModel: ItemPreparation {
  /// All pictures at the size the model paints b′ in, and the answers through its autoencoder, each once.
  public func item(_ listed: SuiteFolder.Item, of suite: SuiteFolder) async throws -> EvaluationItem {
    var item = try suite.item(listed, readsOthers: answers.others)
    let size = try await own.paintedSize(a: item.a.size, aPrime: item.aPrime.size, b: item.b.size)
    item = try item.resized(to: size)
    if answers.truth || !item.others.isEmpty { item.decodedAnswer = try await own.autoencoded(item.bPrime) }
    for place in item.others.indices {
      try Task.checkCancellation()
      item.others[place] = try await own.autoencoded(item.others[place])
    }
    return item
  }
}
