import Foundation
import LoRWeBCheckpoints

/// What a checkpoint of pre-training says besides tensors (`state.json`).
public struct PretrainingState: Codable, Sendable {
  public var version = 1
  /// Steps done.
  public var step: Int
  public var config: PretrainingConfig
  /// The generator's state.
  var generator: Data

  init(step: Int, config: PretrainingConfig, generator: Data) {
    (self.step, self.config, self.generator) = (step, config, generator)
  }

  /// Reads the state of a checkpoint.
  ///
  /// - Throws: `TrainingError.badRun`.
  public init(_ checkpoint: RunFolder.Checkpoint) throws {
    let file = checkpoint.url.appending(path: RunState.file)
    guard let data = try? Data(contentsOf: file), let state = try? JSONDecoder().decode(Self.self, from: data),
      state.version == 1
    else {
      throw TrainingError.badRun(
        folder: checkpoint.url.path(percentEncoded: false), problem: "its \(RunState.file) is missing or of another version")
    }
    self = state
  }

  func write(to folder: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(self).writeDurably(to: folder.appending(path: RunState.file))
  }
}
