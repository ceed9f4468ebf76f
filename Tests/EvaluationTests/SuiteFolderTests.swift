import Foundation
import LoRWeBEvaluation
import LoRWeBFiles
import LoRWeBPictures
import Testing

@Suite("Suite folders")
struct SuiteFolderTests {
  private let scratch = FileManager.default.temporaryDirectory.appending(path: "suites-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true) }

  private func draft(_ task: String, _ name: String, others: [String] = ["fog", "night"]) throws -> SuiteFolder.Draft {
    func picture(_ level: Int) throws -> Picture { try Picture(width: 16, height: 16) { y, x, _ in level + x * 3 + y } }
    let item = EvaluationItem(
      family: "tone", task: task, name: name, instruction: "make it warm", a: try picture(0), aPrime: try picture(10),
      b: try picture(20),
      bPrime: try picture(30), others: [try picture(40), try picture(50)])
    return SuiteFolder.Draft(item, otherTasks: others)
  }

  private func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() }

  @Test("What is written reads back, pictures and all")
  func roundTrip() throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    let url = scratch.appending(path: "suite")
    let drafts = [try draft("warm", "0"), try draft("warm", "1")]
    try SuiteFolder.write("U0", source: "by hand", to: url, count: 2) { drafts[$0] }
    let suite = try SuiteFolder(url)
    #expect(suite.name == "U0" && suite.items.map(\.name) == ["0", "1"] && suite.items[0].instruction == "make it warm")
    #expect(suite.items[1].others == ["warm/1/other-fog.png", "warm/1/other-night.png"])
    let read = try suite.item(suite.items[0], readsOthers: true)
    let written = drafts[0].item
    #expect(read.family == "tone" && read.task == "warm" && read.name == "0" && read.others == written.others)
    #expect([read.a, read.aPrime, read.b, read.bPrime] == [written.a, written.aPrime, written.b, written.bPrime])
    #expect(read.instruction == "make it warm")
    #expect(try suite.item(suite.items[0], readsOthers: false).others.isEmpty)
    #expect(try contents() == ["suite"])
  }

  @Test("What is no suite is refused in a sentence and leaves nothing behind")
  func refusals() throws {
    defer { try? FileManager.default.removeItem(at: scratch) }
    let url = scratch.appending(path: "suite")
    struct Enough: Error {}
    #expect(throws: Enough.self) { try SuiteFolder.write("U0", to: url, count: 2) { _ in throw Enough() } }
    for (words, count, draft) in [
      ("lists no items", 0, try draft("warm", "0")), ("stands in it twice", 2, try draft("warm", "0")),
      ("can't be the name", 1, try draft("../warm", "0")), ("can't be the name", 1, try draft("warm", "")),
      ("one other picture", 1, try draft("warm", "0", others: ["fog"])),
      ("one other picture", 1, try draft("warm", "0", others: ["fog", "fog"])),
    ] {
      let error = #expect(throws: EvaluationError.self) { try SuiteFolder.write("U0", to: url, count: count) { _ in draft } }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(words) && text.hasSuffix("."), "\(text)")
    }
    #expect(try contents() == [])
    try SuiteFolder.write("U0", to: url, count: 1) { _ in try draft("warm", "0") }
    let error = #expect(throws: FolderError.self) {
      try SuiteFolder.write("U0", to: url, count: 1) { _ in try draft("warm", "1") }
    }
    #expect(error.map { "\($0)".contains("something already") } == true)
    #expect(try SuiteFolder(url).items.map(\.name) == ["0"] && contents() == ["suite"])
  }
}
