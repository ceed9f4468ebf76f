import LoRWeBPictures
import LoRWeBTorch

/// Something that couldn't be encoded and was left out.
public struct SkippedFeature: Hashable, Codable, Sendable {
  /// What it was.
  public let item: String
  /// Why not, in one sentence.
  public let reason: String
}

extension FeatureCache {
  /// Something to be encoded.
  struct Job<Item> {
    let item: Item
    let key: FeatureKey
    /// What to call it in messages.
    let name: String
  }

  /// Encodes what isn't there yet; an interrupted filling goes on where it stopped.
  ///
  /// - Parameters:
  ///   - skippingBad: whether pictures that can't be used are left out and returned, instead of ending the filling.
  ///   - progress: told how many of all jobs are done; what it throws ends the filling.
  ///   - encoder: makes the encoding function; called only if something is missing, and the function is dropped on return.
  /// - Returns: what was left out.
  /// - Throws: what `encoder`, its function and `progress` throw; `CancellationError`. What was encoded before is kept.
  func fill<Item>(
    _ jobs: [Job<Item>], skippingBad: Bool, progress: (_ done: Int, _ of: Int) throws -> Void,
    encoder: () throws -> (Item) throws -> [String: Tensor]
  ) throws -> [SkippedFeature] {
    let missing = jobs.filter { !contains($0.key) }
    guard !missing.isEmpty else { return [] }
    var skipped: [SkippedFeature] = []
    do {
      let encode = try encoder()
      for (index, job) in missing.enumerated() where !contains(job.key) {
        try Task.checkCancellation()
        do {
          try store(encode(job.item), under: job.key, what: job.name)
        } catch let error where skippingBad && Self.isAboutPictures(error) {
          skipped.append(SkippedFeature(item: job.name, reason: "\(error)"))
        }
        try progress(jobs.count - missing.count + index + 1, jobs.count)
      }
    } catch {
      try? flush()  // the error that ended the filling is the one to report
      throw error
    }
    try flush()
    return skipped
  }

  /// Whether another picture may do better: a failing disk or device would fail again.
  private static func isAboutPictures(_ error: any Error) -> Bool { error is PicturesError || error is AnalogySetError }
}
