import Foundation
import LoRWeBEvaluation
import LoRWeBPictures
import LoRWeBTestSupport

/// A suite in a folder of the test's own, removed when the test lets go of it: 16 × 16 pixels, b′ is b made brighter, most at the left,
/// so that a map of colours does some of it.
final class TestSuite {
  private let temporary: TemporaryFolder
  var url: URL { temporary.url }
  let folder: SuiteFolder

  /// - Parameter items: task and name of each.
  init(_ items: [(task: String, name: String)]) throws {
    temporary = try TemporaryFolder()
    let suite = temporary["suite"]
    try SuiteFolder.write("Trial", to: suite, count: items.count) { index in
      func picture(_ level: Int, lit: Bool = false) throws -> Picture {
        try Picture(width: 16, height: 16) { y, x, _ in level + x * 3 + y * 2 + (lit ? (x < 5 ? 70 : 40) : 0) }
      }
      let item = EvaluationItem(
        family: "tone", task: items[index].task, name: items[index].name, instruction: "brighter", a: try picture(10),
        aPrime: try picture(10, lit: true), b: try picture(20 + index), bPrime: try picture(20 + index, lit: true),
        others: [try picture(0)])
      return SuiteFolder.Draft(item, otherTasks: ["darker"])
    }
    folder = try SuiteFolder(suite)
  }

  subscript(name: String) -> URL { temporary[name] }
}
