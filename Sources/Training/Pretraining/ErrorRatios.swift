/// Errors of samples over those of leaving them as they are.
struct ErrorRatios {
  private var sums: [String: (error: Double, copy: Double)] = [:]

  mutating func add(_ samples: [(error: Double, copy: Double)], of tasks: [String]) {
    for (sample, task) in zip(samples, tasks) {
      let sum = sums[task] ?? (0, 0)
      sums[task] = (sum.error + sample.error, sum.copy + sample.copy)
    }
  }

  /// Of all samples together, so that large changes weigh most.
  var total: Double { sums.values.reduce(0) { $0 + $1.error } / max(sums.values.reduce(0) { $0 + $1.copy }, 1e-12) }

  /// Of each task, in the middle.
  var median: Double {
    let ratios = sums.values.map { $0.error / max($0.copy, 1e-12) }.sorted()
    return ratios.isEmpty ? 0 : ratios[ratios.count / 2]
  }
}
