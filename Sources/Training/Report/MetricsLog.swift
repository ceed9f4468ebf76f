import Foundation
import LoRWeBCheckpoints

/// The run's `metrics.jsonl`, a line a report.
public struct MetricsLog {
  private static let file = "metrics.jsonl"

  private let url: URL
  private let handle: FileHandle
  private let encoder = JSONEncoder()

  /// Opens or makes the file; lines of steps after `step`, which a continued run does again, are dropped.
  ///
  /// - Throws: `CheckpointError`, errors of the file system.
  public init(_ folder: RunFolder, after step: Int) throws {
    url = folder.url.appending(path: Self.file)
    let old = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    let kept = old.split(separator: "\n").filter { line in
      (try? JSONDecoder().decode(Place.self, from: Data(line.utf8))).map { $0.step <= step } ?? false
    }
    try Data(kept.map { $0 + "\n" }.joined().utf8).writeDurably(to: url)
    handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    encoder.outputFormatting = .sortedKeys
  }

  /// Appends a line.
  ///
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
  static func lines(_ folder: RunFolder) -> [TrainingMetrics] {
    let text = (try? String(contentsOf: folder.url.appending(path: file), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(TrainingMetrics.self, from: Data($0.utf8)) }
  }

  /// What every line has.
  private struct Place: Decodable { let step: Int }
}
