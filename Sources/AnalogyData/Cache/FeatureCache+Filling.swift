import LoRWeBTorch

extension FeatureCache {
  /// Something to be encoded.
  struct Job {
    let key: FeatureKey
    /// What to call it in messages.
    let name: String
    let encode: () throws -> [String: Tensor]
  }

  /// Encodes what isn't there yet; an interrupted filling goes on where it stopped.
  ///
  /// - Parameter progress: told how many of all jobs are done; what it throws ends the filling.
  /// - Throws: what jobs and `progress` throw; `CancellationError`. What was encoded before is kept.
  func fill(_ jobs: [Job], progress: (_ done: Int, _ of: Int) throws -> Void) throws {
    let missing = jobs.filter { !contains($0.key) }
    do {
      for (index, job) in missing.enumerated() where !contains(job.key) {
        try Task.checkCancellation()
        try store(job.encode(), under: job.key, what: job.name)
        try progress(jobs.count - missing.count + index + 1, jobs.count)
      }
    } catch {
      try? flush()  // the error that ended the filling is the one to report
      throw error
    }
    try flush()
  }
}
