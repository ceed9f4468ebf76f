/// One thing that is wrong with a set.
public struct SetFinding: Hashable, Codable, Sendable {
  /// The file or folder, as a path below the set's folder.
  public let file: String
  /// What is wrong with it and what to do, in one sentence without the file's name and a full stop.
  public let problem: String

  init(_ file: String, _ problem: String) {
    self.file = file
    self.problem = problem
  }

  /// The sentence with the file's name.
  public var sentence: String { "\(file): \(problem)" }
}
