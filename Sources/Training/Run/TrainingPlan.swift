import Foundation
import LoRWeBTorch

/// What a run is made of, as plain values: where things lie, settings, a device. A `TrainingSession` does it.
public protocol TrainingPlan: Sendable {
  associatedtype Goal: Objective
  /// The run's folder.
  var output: URL { get }
  var device: Device { get }

  /// Reads, encodes and loads what the run needs; everything that is wrong with it is found before the run's folder is made.
  /// - Parameter tell: told how far it has got; what it throws ends it, and what was encoded is kept.
  func begin(_ tell: (PreparationNews) throws -> Void) throws -> BegunRun<Goal>
}

/// What is to be said before a run's first step.
public enum PreparationNews: Sendable {
  /// How far something has got.
  case progress(String, done: Int, of: Int)
  /// Something that a user should hear about, such as a pair that isn't learned from and why.
  case warning(String)
}

/// A run that is ready for its next step.
public struct BegunRun<Goal: Objective> {
  let run: TrainingRun<Goal>
  let overview: RunOverview
  /// What is made of each checkpoint besides its own files.
  var publish: (RunFolder.Checkpoint) throws -> Void = { _ in }
  /// Makes what the run was for after its last step, and says where it is; nil where that is the last checkpoint.
  var finish: (() throws -> URL)?
}

/// A run in figures, before its next step.
public struct RunOverview: Sendable {
  /// Steps done by the run that is gone on from; 0 for one that begins.
  public let step: Int
  public let tensors, parameters: Int
  /// Where a basis learns.
  public let sizes: TrainingSizes?
  /// What is learned from and how much of it there is, in words, where a model's own parts learn.
  public let sources: String?

  init(_ run: TrainingRun<some Objective>, sizes: TrainingSizes? = nil, sources: String? = nil) {
    (step, tensors, self.sizes, self.sources) = (run.step, run.objective.trained.count, sizes, sources)
    parameters = run.objective.trained.reduce(0) { $0 + $1.tensor.count }
  }
}
