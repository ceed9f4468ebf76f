import Foundation
import LoRWeBPictures

/// Why something can't be measured; the description is one sentence for the user.
public enum EvaluationError: Error, Equatable, Sendable {
  /// Pictures that are compared pixel by pixel and differ in size.
  case sizesDiffer(what: String, expected: PictureSize, found: PictureSize)
  /// A picture smaller than SSIM's window.
  case tooSmall(size: PictureSize, least: Int)
  /// A weight folder that isn't there.
  case notFetched(folder: String)
  /// A file of the weight folder that can't be read.
  case unreadable(file: String)
  /// A suite that can't be used.
  case badSuite(file: String, problem: String)
  /// A folder that can't be written, or must not be written over.
  case unwritable(folder: String, reason: String)
  /// Two scores of one method, task and item.
  case scoredTwice(method: String, task: String, item: String)
  /// Two methods, or two judges' columns, of one name.
  case calledTwice(_ what: String, String)
  /// A judge that gave something else than its columns' values.
  case badVerdict(judge: String, problem: String)
  /// A folder of outputs that can't be measured.
  case badOutputs(folder: String, problem: String)
}

extension EvaluationError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, expected, found, what to do.
  public var description: String {
    switch self {
    case .sizesDiffer(let what, let expected, let found):
      "\(what) has \(found) pixels but must have \(expected) to be compared pixel by pixel; resize it first."
    case .tooSmall(let size, let least):
      "A picture of \(size) pixels is too small for SSIM, whose window needs \(least) pixels on each side."
    case .notFetched(let folder):
      "The weights of the perceptual metrics are not in \(folder); run `make metrics` to fetch and convert them."
    case .unreadable(let file):
      "\(file) can't be read; run `make metrics` to write it again."
    case .badSuite(let file, let problem):
      "\(file) is no suite to measure on: \(problem) (docs/evaluate.md)."
    case .unwritable(let folder, let reason):
      "\(folder) can't be written: \(reason)."
    case .scoredTwice(let method, let task, let item):
      "Item \(item) of task \(task) was scored twice for \(method); give every item a name of its own."
    case .calledTwice(let what, let name):
      "Two \(what) are called \(name); give each a name of its own."
    case .badVerdict(let judge, let problem):
      "The judge of \(judge) can't be used: \(problem)."
    case .badOutputs(let folder, let problem):
      "The outputs in \(folder) can't be measured: \(problem)."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
