import Foundation
import LoRWeBCheckpoints

/// What a checkpoint says besides tensors (`state.json`).
public struct RunState<Settings: RunSettings>: Codable, Sendable {
  public private(set) var version = 1
  /// Steps done.
  public let step: Int
  public let config: Settings
  /// The generator's state.
  let generator: Data
  /// The data's position, if it doesn't follow from the step.
  let position: Data?
  /// The routing's health, where a router learns.
  let health: RouterHealth?

  init(step: Int, config: Settings, generator: Data, position: Data?, health: RouterHealth?) {
    (self.step, self.config, self.generator) = (step, config, generator)
    (self.position, self.health) = (position, health)
  }

  /// Reads the state of a checkpoint.
  ///
  /// - Throws: `TrainingError.badRun`.
  public init(_ checkpoint: RunFolder.Checkpoint) throws {
    let file = checkpoint.url.appending(path: CheckpointFiles.state)
    guard let data = try? Data(contentsOf: file), let state = try? JSONDecoder().decode(Self.self, from: data),
      state.version == 1
    else {
      throw TrainingError.badRun(
        folder: checkpoint.url.path(percentEncoded: false),
        problem: "its \(CheckpointFiles.state) is missing, of another kind of run or of another version")
    }
    self = state
  }

  func write(to folder: URL) throws {
    try readableJSON().writeDurably(to: folder.appending(path: CheckpointFiles.state))
  }
}
