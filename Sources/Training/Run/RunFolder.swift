import Foundation
import LoRWeBCheckpoints

/// The folder of a run: `step-000000123/` a checkpoint, `metrics.jsonl`.
///
/// A checkpoint is written under a hidden name and renamed when it is whole, and renamed away before it is removed, so that
/// whatever interrupts the program, every folder with a step's name is a whole one.
public struct RunFolder: Sendable {
  public struct Checkpoint: Sendable, Equatable {
    public let step: Int
    public let url: URL
  }

  public let url: URL
  private var files: FileManager { .default }
  var samples: URL { url.appending(path: "samples", directoryHint: .isDirectory) }

  /// Opens the folder, which needn't be there yet, and removes what an interrupted program left half done.
  /// - Throws: `TrainingError.badRun`.
  public init(_ url: URL) throws {
    self.url = url
    do {
      for name in try Self.names(in: url) where name.hasPrefix(".step-") { try files.removeItem(at: url.appending(path: name)) }
    } catch {
      throw Self.bad(url, "it can't be read")
    }
  }

  private static func bad(_ url: URL, _ problem: String) -> TrainingError {
    .badRun(folder: url.path(percentEncoded: false), problem: problem)
  }

  private static func names(in url: URL) throws -> [String] {
    let path = url.path(percentEncoded: false)
    return FileManager.default.fileExists(atPath: path) ? try FileManager.default.contentsOfDirectory(atPath: path) : []
  }

  /// Makes the folder. A run calls it when its inputs are read, so that one that is refused for them leaves nothing.
  func make() throws {
    do {
      try files.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw Self.bad(url, "it can't be made")
    }
  }

  /// All checkpoints, oldest first.
  public func checkpoints() throws -> [Checkpoint] { try Self.checkpoints(in: url) }

  private static func checkpoints(in url: URL) throws -> [Checkpoint] {
    try names(in: url).compactMap { name in
      guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)) else { return nil }
      return Checkpoint(step: step, url: url.appending(path: name, directoryHint: .isDirectory))
    }
    .sorted { $0.step < $1.step }
  }

  /// The checkpoint a run in that folder goes on from; nil for one that begins. Nothing is made.
  /// - Throws: `TrainingError.badRun` if the folder holds a run and `resumes` is false.
  public static func start(in url: URL, resumes: Bool) throws -> Checkpoint? {
    let last = (try? checkpoints(in: url))?.last
    guard let last, !resumes else { return last }
    throw bad(url, "it holds a run of \(last.step) steps already, which can be resumed")
  }

  /// Writes a checkpoint, then removes all but the last `keep`. Whatever is thrown, the checkpoints there stay whole.
  func write(step: Int, keeping keep: Int, _ body: (URL) throws -> Void) throws {
    let name = String(format: "step-%09ld", step)
    let (partial, final) = (url.appending(path: ".\(name).partial"), url.appending(path: name))
    try? files.removeItem(at: partial)
    try files.createDirectory(at: partial, withIntermediateDirectories: false)
    do {
      WritingWatch.tell(.created, final.path)
      try body(partial)
      try remove(final)
      try files.moveItem(at: partial, to: final)
      WritingWatch.tell(.renamed, final.path)
      AtomicFolder.sync(url.path(percentEncoded: false))
    } catch {
      try? files.removeItem(at: partial)
      throw error
    }
    for old in try checkpoints().filter({ $0.step <= step }).dropLast(keep) { try remove(old.url) }
  }

  private func remove(_ checkpoint: URL) throws {
    guard files.fileExists(atPath: checkpoint.path(percentEncoded: false)) else { return }
    let hidden = url.appending(path: ".\(checkpoint.lastPathComponent).removed")
    try? files.removeItem(at: hidden)
    try files.moveItem(at: checkpoint, to: hidden)
    WritingWatch.tell(.hidden, checkpoint.path)
    try files.removeItem(at: hidden)
    WritingWatch.tell(.removed, checkpoint.path)
  }
}
