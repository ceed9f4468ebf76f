/// What the settings of every run say, whatever it learns.
public protocol RunSettings: Codable, Sendable {
  var steps: Int { get }
  /// Of all noise, and of everything else that is drawn.
  var seed: UInt64 { get }
  var optimiser: AdamWSettings { get }
  var schedule: LearningRateSchedule { get }
  /// Decay of the weights' moving average; 0 for none.
  var average: Double { get }
  /// Steps between checkpoints.
  var saveEvery: Int { get }
  /// Checkpoints kept.
  var keepLast: Int { get }
  /// - Throws: `TrainingError.badSetting` for settings nothing can be trained with, found in that place.
  func check(place: String) throws
}

extension TrainingConfig: RunSettings {}
extension PretrainingConfig: RunSettings {}
