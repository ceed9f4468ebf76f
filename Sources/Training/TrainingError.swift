import Foundation
import LoRWeBFiles

/// Training that can't begin, go on or be continued.
public enum TrainingError: ExplainedError {
  /// A setting nothing can be trained with.
  case badSetting(place: String, key: String, problem: String)
  /// Inputs of a step that don't fit together or don't fit the model.
  case badBatch(String)
  /// The loss or a gradient stopped being a number.
  case notFinite(what: String, step: Int, lastGood: String?)
  /// A run folder that can't be used as asked.
  case badRun(folder: String, problem: String)

  public var description: String {
    switch self {
    case .badSetting(let place, let key, let problem): return "\(place): \(key) \(problem)."
    case .badBatch(let problem): return "The step's inputs can't be used: \(problem)."
    case .notFinite(let what, let step, let lastGood):
      let advice = lastGood.map { "the last good checkpoint is \($0)" } ?? "no checkpoint was written yet"
      return "Training stopped at step \(step) because \(what) is no finite number; \(advice), lower the learning rate."
    case .badRun(let folder, let problem): return "The run \(folder) can't be used: \(problem)."
    }
  }
}
