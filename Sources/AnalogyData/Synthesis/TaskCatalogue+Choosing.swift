import Foundation

extension TaskCatalogue {
  /// Tasks by what a user types: `all` single ones, `train`, a suite (`U0` … `U5`), or ids and names with commas between (`A1,warm,A1.K1`).
  ///
  /// - Throws: `ProceduralError.unknownTask`.
  public func tasks(named choice: String) throws -> [ProceduralTask] {
    switch choice {
    case "all":
      return tasks.filter { if case .composition = $0.split { false } else { true } }
    case "train": return trained
    default:
      if let suite = TaskSuite(rawValue: choice.uppercased()) { return tasks(in: suite) }
      return try choice.split(separator: ",", omittingEmptySubsequences: false).map {
        try task($0.trimmingCharacters(in: .whitespaces))
      }
    }
  }
}
