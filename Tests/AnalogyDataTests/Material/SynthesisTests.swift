import Foundation
import LoRWeBFiles
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@testable import LoRWeBAnalogyData

@Suite("Synthesis") struct SynthesisTests {
  private func synthesis(_ tasks: String, seed: UInt64 = 1) throws -> Synthesis {
    try Synthesis(
      TaskCatalogue.standard.tasks(named: tasks), material: Material(folder: MaterialFolderTests.folder), part: .train,
      side: 32,
      seed: seed)
  }

  @Test("writes a set that our own reader takes, with tasks and instructions, and the same bytes again")
  func writes() throws {
    let scratch = try TemporaryFolder()
    let (one, two) = (scratch.url.appending(path: "one"), scratch.url.appending(path: "two"))
    let report = try synthesis("A1,A4,K4").write(count: 4, to: one) { _, _ in }
    #expect(report.quadruples == 4 && report.tasks == 3)
    let set = try AnalogySet(contentsOf: one)
    #expect(set.layout == .prepared && set.findings.isEmpty)
    #expect(set.prepared.map(\.task) == ["A1", "A1", "A4", "K4"])
    #expect(set.prepared.map(\.id) == ["A1-000000", "A1-000003", "A4-000001", "K4-000002"])
    #expect(set.prepared.allSatisfy { !$0.instruction.isEmpty })
    let made = try synthesis("A1,A4,K4").quadruple(3)
    let (a, bPrime) = (try set.prepared[1].a.picture(), try set.prepared[1].bPrime.picture())
    #expect(a == made.a && bPrime == made.bPrime)

    _ = try synthesis("A1,A4,K4").write(count: 4, to: two) { _, _ in }
    for file in ["control/K4-000002.png", "target/A1-000003.png", "analogy_metadata.json"] {
      #expect(try Data(contentsOf: one.appending(path: file)) == Data(contentsOf: two.appending(path: file)), "\(file)")
    }
    #expect(try synthesis("A1,A4,K4", seed: 2).quadruple(3).a != made.a)
  }

  @Test("leaves nothing behind when it is ended, and never writes over a folder")
  func ends() throws {
    struct Enough: Error {}
    let scratch = try TemporaryFolder()
    let folder = scratch.url.appending(path: "set")
    #expect(throws: Enough.self) { try synthesis("A1").write(count: 2, to: folder) { _, _ in throw Enough() } }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).isEmpty)
    try scratch.write("mine", to: "set/file")
    #expect(throws: FolderError.self) { try synthesis("A1").write(count: 1, to: folder) { _, _ in } }
  }

  @Test("chooses tasks by suite, id and name; refuses unknown ones")
  func chooses() throws {
    let catalogue = TaskCatalogue.standard
    #expect(try catalogue.tasks(named: "all").count == 145)
    #expect(try catalogue.tasks(named: "u1").map(\.id) == catalogue.tasks(in: .u1).map(\.id))
    #expect(try catalogue.tasks(named: "A1, A1.K1").map(\.id) == ["A1", "A1.K1"])
    #expect(throws: ProceduralError.unknownTask("Z9")) { try catalogue.tasks(named: "A1,Z9") }
    #expect(throws: ProceduralError.unknownTask("")) { try catalogue.tasks(named: "A1,") }
  }

  @Test("draws a cell a task with its label")
  func sheet() throws {
    let tasks = try TaskCatalogue.standard.tasks(named: "A1,A4,K4")
    let sheet = try Synthesis(
      tasks, material: Material(folder: MaterialFolderTests.folder), part: .test, side: 32, seed: 1
    ).sheet(columns: 2)
    #expect(sheet.size == PictureSize(width: 8 + 2 * 136, height: 8 + 2 * 52))
    let label = try DotLabel.picture("A1", width: 32)
    // The top row of "A" is three dots wide, that of "1" one.
    #expect(label.pixels[32 * 3..<64 * 3].count { $0 == 0 } == 3 * (3 + 1))
  }
}
