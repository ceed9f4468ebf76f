import LoRWeBEvaluation
import LoRWeBPictures

/// A row of an evaluation that a model answers.
public struct ModelMethod: EvaluatedMethod {
  public let name: String
  private let question: ComparedModel.Question
  private let model: ComparedModel

  public init(name: String, _ question: ComparedModel.Question, to model: ComparedModel) {
    (self.name, self.question, self.model) = (name, question, model)
  }

  /// - Throws: what editing throws.
  public func output(for item: EvaluationItem) async throws -> Picture { try await model.answer(question, for: item) }
}
