import Testing

@testable import LoRWeBAnalogyData

@Suite("Task catalogue")
struct TaskCatalogueTests {
  private let catalogue = TaskCatalogue.standard

  @Test("145 tasks: 104 trained, 29 held out, 12 of held-out families; compositions 16, 12 and 4")
  func counts() {
    func count(_ split: ProceduralTask.Split) -> Int { catalogue.tasks.count { $0.split == split } }
    #expect(count(.trained) == 104)
    #expect(count(.heldOut) == 29)
    #expect(count(.heldOutFamily) == 12)
    #expect(count(.composition(.trained)) == 16)
    #expect(count(.composition(.unseenPair)) == 12)
    #expect(count(.composition(.unseenTask)) == 4)
    let families = ["A": 16, "B": 18, "C": 12, "D": 10, "E": 11, "F": 9, "G": 11, "H": 12, "I": 12, "J": 13, "K": 15, "W": 6]
    for (family, count) in families {
      let ids = Set(catalogue.tasks.filter { $0.family == family && !$0.id.contains(".") }.map(\.id))
      #expect(ids == Set((1...count).map { "\(family)\($0)" }))
    }
  }

  @Test("Ids, names and instructions are unique; an instruction for every value of θ")
  func unique() {
    let tasks = catalogue.tasks
    #expect(Set(tasks.map(\.id) + tasks.map(\.name)).count == 2 * tasks.count)
    let instructions = tasks.flatMap(\.instructions)
    #expect(Set(instructions).count == instructions.count)
    #expect(instructions.allSatisfy { !$0.isEmpty })
    #expect(tasks.allSatisfy { !$0.instructions.isEmpty })
  }

  @Test("Tasks are found by id and by name; others are refused in a sentence")
  func lookup() throws {
    #expect(try catalogue.task("A1").name == "warm")
    #expect(try catalogue.task("warm+polaroid").id == "A1.K1")
    #expect(try catalogue.task("B16.K1").split == .composition(.unseenTask))
    #expect(throws: ProceduralError.unknownTask("Z9")) { try catalogue.task("Z9") }
    #expect("\(ProceduralError.unknownTask("Z9"))".hasSuffix("."))
  }

  @Test("Suites are what they test; U5 draws the last value of θ, training never")
  func suites() throws {
    #expect(TaskSuite.allCases.map { catalogue.tasks(in: $0).count }.dropLast() == [104, 29, 12, 12, 4])
    let u5 = catalogue.tasks(in: .u5)
    #expect(u5.contains { $0.id == "E1" } && u5.allSatisfy { $0.split == .trained })
    let hat = try catalogue.task("hat")
    #expect(ThetaRange.trained.variants(of: hat) == 0..<4)
    #expect(ThetaRange.heldOut.variants(of: hat) == 4..<5)
    #expect(ThetaRange.heldOut.variants(of: try catalogue.task("warm")) == 0..<1)
    #expect(catalogue.trained.count == 120)
  }

  @Test("A composition names both of its tasks, in each pair of their values")
  func composition() throws {
    let task = try catalogue.task("A9.K4")
    #expect(task.variants == 4)
    #expect(task.instruction(variant: 1) == "print it in two colours, navy and pink and add cinema bars")
    #expect(task.instruction(variant: -1) == task.instruction(variant: 3))
  }
}
