import Foundation
import LoRWeBCheckpoints

/// A line of `metrics.jsonl`.
public struct TrainingMetrics: Codable, Sendable {
  /// Steps done, this one included.
  public let step: Int
  /// Mean over the batches of the step.
  public let loss: Double
  public let learningRate: Double
  /// Of all gradients before clipping.
  public let gradientNorm: Double
  /// A session's is a moving mean, a run's of this step alone.
  public internal(set) var secondsPerStep: Double
  /// Until the last step, at this pace.
  public internal(set) var secondsLeft: Double
  /// Routing's health, see `RouterHealth`; nil where no router learns.
  public private(set) var entropy: Double?
  public private(set) var shares: [Double]?
  public private(set) var silent: Int?
  /// Figures of the averaged weights on what isn't learned from, at the steps at which they are taken.
  public let measured: [String: Double]?

  mutating func add(_ health: RouterHealth?) { (entropy, shares, silent) = (health?.entropy, health?.shares, health?.silent) }
}

/// The run's `metrics.jsonl`, a line a report.
public struct MetricsLog {
  private static let file = "metrics.jsonl"

  private let url: URL
  private let handle: FileHandle
  private let encoder = JSONEncoder()

  /// Opens or makes the file; lines of steps after `step`, which a continued run does again, are dropped.
  /// - Throws: `CheckpointError`, errors of the file system.
  public init(_ folder: RunFolder, after step: Int) throws {
    url = folder.url.appending(path: Self.file)
    let kept = Self.lines(url).filter { line in
      (try? JSONDecoder().decode(Place.self, from: line)).map { $0.step <= step } ?? false
    }
    try Data(kept.map { $0 + Data("\n".utf8) }.joined()).writeDurably(to: url)
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    encoder.outputFormatting = .sortedKeys
  }

  /// - Throws: `CheckpointError.unwritable`, for a full disk for one.
  public func append(_ metrics: some Encodable) throws {
    do {
      try handle.write(contentsOf: encoder.encode(metrics) + Data("\n".utf8))
    } catch {
      throw CheckpointError.unwritable(
        file: url.path(percentEncoded: false), reason: "a line can't be added, the disk may be full")
    }
  }

  /// The lines that are there, those that can't be read left out.
  static func metrics(_ folder: RunFolder) -> [TrainingMetrics] {
    lines(folder.url.appending(path: file)).compactMap { try? JSONDecoder().decode(TrainingMetrics.self, from: $0) }
  }

  private static func lines(_ url: URL) -> [Data] {
    ((try? String(contentsOf: url, encoding: .utf8)) ?? "").split(separator: "\n").map { Data($0.utf8) }
  }

  /// What every line has.
  private struct Place: Decodable { let step: Int }
}
