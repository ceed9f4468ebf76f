import Foundation
import LoRWeBFiles

/// Why the procedural set can't be rendered; what each case is about its sentence says.
public enum ProceduralError: ExplainedError {
  case unknownTask(String)
  case badSide(Int)
  case thinMaterial(task: String, lacking: String)
  case noScene(task: String, seed: UInt64, attempts: Int)
  case needsScene(task: String)
  case fewOthers(task: String, found: Int, expected: Int)

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
}
