import Foundation
import LoRWeBPictures

/// What a check before a run found.
public struct CheckResult: Sendable {
  public static let file = "check.html"
  static let columns = ["a", "a′", "b", "true b′", "without the basis", "with the basis"]

  public let rungs: [TrainingCheck.Rung]
  /// One analogy, and what was painted of it.
  public let pictures: [(name: String, picture: Picture)]

  public var hasPassed: Bool { rungs.allSatisfy(\.hasPassed) }

  /// Writes `check.html` into a run's folder, which is made if there is none.
  ///
  /// - Throws: `TrainingError.badRun`; `CheckpointError` such as a full disk; `PicturesError`.
  public func write(to run: RunFolder) throws {
    var page = HTMLPage(title: "Check before the run \(run.url.standardizedFileURL.lastPathComponent)")
    page.table(
      head: ["Rung", "", "Found"],
      rows: rungs.map { rung in
        let mark = rung.hasPassed ? #"<span class="passed">passed</span>"# : #"<span class="failed">failed</span>"#
        return [HTMLPage.escaped(rung.name), mark, HTMLPage.escaped(rung.finding)]
      })
    if !pictures.isEmpty {
      page.heading("One analogy")
      page.table(
        head: pictures.map(\.name),
        rows: [try pictures.map { HTMLPage.image(try $0.picture.encoded(as: .jpeg), $0.name) }])
    }
    try run.make()
    try page.write(to: run.url.appending(path: Self.file))
  }
}
