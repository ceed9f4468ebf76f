import LoRWeBPictures
import Testing

@testable import LoRWeBAnalogyData

@Suite("Suites to measure on")
struct SuiteMakerTests {
  private static let material = Result { try Material(folder: MaterialFolderTests.folder) }

  private func maker(_ suite: TaskSuite, seed: UInt64 = 1) throws -> SuiteMaker {
    try SuiteMaker(suite, material: Self.material.get(), side: 32, seed: seed)
  }

  private func item(_ id: String, _ suite: TaskSuite, number: Int = 0, seed: UInt64 = 1) throws -> SuiteMaker.Item {
    try maker(suite, seed: seed).item(TaskCatalogue.standard.task(id), number: number)
  }

  @Test(
    "An item is told from seven other tasks on the same b, all of them visibly different",
    arguments: [
      ("A1", TaskSuite.u0), ("C3", .u0), ("D4", .u0), ("E1", .u0), ("F7", .u0), ("K11", .u0), ("A13", .u1), ("C10", .u1),
      ("I7", .u2), ("W1", .u2), ("E6.G4", .u3), ("J4.J1", .u3), ("G3.I7", .u4), ("E5", .u5),
    ])
  func others(_ id: String, _ suite: TaskSuite) throws {
    let item = try item(id, suite)
    let (b, truth) = (item.quadruple.b, item.quadruple.bPrime)
    #expect(item.quadruple.task == id && item.family == String(id.prefix(1)))
    #expect(item.others.count == 7 && Set(item.others.map(\.task)).count == 7 && !item.others.map(\.task).contains(id))
    for (index, other) in item.others.enumerated() {
      #expect(other.before == b && other.after.size == b.size)
      let sum = zip(other.after.pixels, truth.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
      #expect(Float(sum) / Float(truth.pixels.count) / 255 > SuiteMaker.visible - 0.002, "\(other.task)")
      #expect(!item.others[..<index].contains { $0.after == other.after }, "\(other.task)")
    }
    let tasks = try item.others.map { try TaskCatalogue.standard.task($0.task) }
    #expect(tasks.allSatisfy { !$0.isInverse })
    // U4 has four tasks only, which trained ones fill up.
    let pool = Set(try maker(suite).tasks.map(\.id))
    #expect(tasks.allSatisfy { pool.contains($0.id) || $0.split == .trained })
    if ["A1", "E1", "A13", "I7"].contains(id) { #expect(tasks.contains { $0.family == item.family }) }
    if ["E6.G4", "J4.J1"].contains(id) {
      #expect(tasks.contains { id.split(separator: ".").map(String.init).contains($0.id) })
    }
  }

  @Test("A degraded picture is given to tasks that need nothing but a picture")
  func degraded() throws {
    let item = try item("C3", .u0)
    #expect(
      stride(from: 0, to: item.quadruple.b.pixels.count, by: 3).allSatisfy { pixel in
        item.quadruple.b.pixels[pixel] == item.quadruple.b.pixels[pixel + 1]
      })
    #expect(try item.others.allSatisfy { try TaskCatalogue.standard.task($0.task).need == .pixels })
  }

  @Test("The same seed gives the same item, whatever else is made; seeds, numbers and tasks give others")
  func deterministic() throws {
    let first = try item("A4", .u0)
    #expect(try item("A4", .u0) == first)
    #expect(try item("A4", .u0, number: 1).quadruple != first.quadruple)
    #expect(try item("A4", .u0, seed: 2).quadruple != first.quadruple)
    #expect(try item("A6", .u0).others.map(\.task) != first.others.map(\.task))
  }

  @Test("U5 draws values of θ that training never sees, also for the others")
  func heldOutTheta() throws {
    let item = try item("E1", .u5)
    for (task, variant) in [(item.quadruple.task, item.quadruple.variant)] + item.others.map({ ($0.task, $0.variant) }) {
      let heldOut = try TaskCatalogue.standard.task(task).heldOutVariants
      #expect(heldOut.isEmpty || heldOut.contains(variant), "\(task)")
    }
  }

  @Test("Too few other tasks are refused in a sentence that says how many")
  func few() throws {
    let tasks = try ["A1", "A4", "K2"].map { try TaskCatalogue.standard.task($0) }
    let maker = try SuiteMaker(
      tasks, reserve: [], material: Self.material.get().part(.test), side: 32, seed: 1, theta: .trained)
    #expect(throws: ProceduralError.fewOthers(task: "A1", found: 2, expected: 7)) { try maker.item(tasks[0], number: 0) }
    #expect("\(ProceduralError.fewOthers(task: "A1", found: 2, expected: 7))".hasSuffix("."))
  }
}
