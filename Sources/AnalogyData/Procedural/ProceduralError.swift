import Foundation

/// Why the procedural set can't be rendered; the description is one sentence for the user.
public enum ProceduralError: Error, Equatable, Sendable {
  /// No task of the catalogue has that id or name.
  case unknownTask(String)
  /// Pictures of a side that isn't a multiple of 8 from 32.
  case badSide(Int)
  /// The material lacks what a task is made of.
  case thinMaterial(task: String, lacking: String)
  /// No scene showed the task clearly enough.
  case noScene(task: String, seed: UInt64, attempts: Int)
  /// A task that has to know where objects are was asked of a picture alone.
  case needsScene(task: String)
  /// Too few other tasks show on a suite's b.
  case fewOthers(task: String, found: Int, expected: Int)
}

extension ProceduralError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, expected, found, what to do.
  public var description: String {
    switch self {
    case .unknownTask(let name):
      "There is no task \(name) in the catalogue; ids are like A1 or A1.K1, names like warm (docs/data-procedural.md lists them)."
    case .badSide(let side):
      "Procedural pictures must be a multiple of 8 pixels a side, at least 32, but \(side) was asked for."
    case .thinMaterial(let task, let lacking):
      "The material has no \(lacking), which task \(task) needs; make it with lorweb data material or leave the task out."
    case .noScene(let task, let seed, let attempts):
      "Task \(task) found no scene that shows it in \(attempts) attempts with seed \(seed); "
        + "use material with more photos and cut-outs, or another seed."
    case .needsScene(let task):
      "Task \(task) needs objects or a place, which a picture alone doesn't tell; take a task of colour, style, light or frame, such as A3 or B2."
    case .fewOthers(let task, let found, let expected):
      "Only \(found) other tasks show on a b of task \(task), which must be told from \(expected); "
        + "use material with more photos and cut-outs, or another seed."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
