import Foundation
import LoRWeBFiles
import LoRWeBPictures

/// Why something can't be measured; what each case is about its sentence says.
public enum EvaluationError: ExplainedError {
  case sizesDiffer(what: String, expected: PictureSize, found: PictureSize)
  case tooSmall(size: PictureSize, least: Int)
  case notFetched(folder: String)
  case unreadable(file: String)
  case badSuite(file: String, problem: String)
  case scoredTwice(method: String, task: String, item: String)
  case calledTwice(_ what: String, String)
  case badVerdict(judge: String, problem: String)
  case badOutputs(folder: String, problem: String)

  public var description: String {
    switch self {
    case .sizesDiffer(let what, let expected, let found):
      "\(what) has \(found) pixels but must have \(expected) to be compared pixel by pixel; resize it first."
    case .tooSmall(let size, let least):
      "A picture of \(size) pixels is too small for SSIM, whose window needs \(least) pixels on each side."
    case .notFetched(let folder):
      "The weights of the perceptual metrics are not in \(folder); run `make metrics` to fetch and convert them."
    case .unreadable(let file): "\(file) can't be read; run `make metrics` to write it again."
    case .badSuite(let file, let problem): "\(file) is no suite to measure on: \(problem) (docs/evaluate.md)."
    case .scoredTwice(let method, let task, let item):
      "Item \(item) of task \(task) was scored twice for \(method); give every item a name of its own."
    case .calledTwice(let what, let name): "Two \(what) are called \(name); give each a name of its own."
    case .badVerdict(let judge, let problem): "The judge of \(judge) can't be used: \(problem)."
    case .badOutputs(let folder, let problem): "The outputs in \(folder) can't be measured: \(problem)."
    }
  }
}
