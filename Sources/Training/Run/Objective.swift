import Foundation
import LoRWeBTorch

/// What a run learns: which tensors, how a step's gradients are found, and what of it a checkpoint keeps beside them.
///
/// A `TrainingRun` does the rest: learning rate, clipping, optimiser, average, checkpoints, the way back into an interrupted run.
public protocol Objective {
  associatedtype Settings: RunSettings

  /// The tensors that learn.
  var trained: [TrainedTensor] { get }
  /// Adds a step's gradients; gives its loss, a scalar where it was computed, without history. Everything random is drawn from
  /// the generator or follows from the step.
  func accumulate(_ step: Int, _ generator: Generator) throws -> Tensor
  /// Whether figures are taken after that many steps.
  func isMeasured(after step: Int, _ settings: Settings) -> Bool
  /// Figures on what isn't learned from, by name.
  func measure() throws -> [String: Double]

  /// Everything needed to give the same inputs from here on; nil if they follow from the step.
  func position() throws -> Data?
  /// The routing's health so far; nil where no router learns.
  func health() throws -> RouterHealth?
  /// Goes on where a checkpoint was written. The trained tensors become the checkpoint's.
  func restore(_ state: RunState<Settings>, from checkpoint: RunFolder.Checkpoint) throws
  /// Writes `masters.safetensors`, and what of a checkpoint others can use.
  func write(averages: [String: Tensor]?, step: Int, to folder: URL) throws
}

extension Objective {
  public func isMeasured(after step: Int, _ settings: Settings) -> Bool { false }
  public func measure() throws -> [String: Double] { [:] }
  public func position() throws -> Data? { nil }
  public func health() throws -> RouterHealth? { nil }
}

/// What the settings of every run say, whatever it learns.
public protocol RunSettings: Codable, Sendable {
  var steps: Int { get }
  /// Of all noise, and of everything else that is drawn.
  var seed: UInt64 { get }
  var optimiser: AdamWSettings { get }
  var schedule: LearningRateSchedule { get }
  /// Decay of the weights' moving average; 0 for none.
  var average: Double { get }
  /// Steps between checkpoints, and how many of them are kept.
  var saveEvery: Int { get }
  var keepLast: Int { get }
  /// - Throws: `TrainingError.badSetting` for settings nothing can be trained with, found in that place.
  func check(place: String) throws
}
