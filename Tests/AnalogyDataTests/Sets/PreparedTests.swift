import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@Suite("Prepared control and target folders")
struct PreparedTests {
  private let reversed = "analogy_Negative_001.jpg_Negative_002.jpg_0000_rev"
  private let captioned = "analogy_Sepia_Toning_002.jpg_Sepia_Toning_003.jpg_0002"

  @Test("Quadruples are those of the folders, with the metadata's instructions, reversed ones among them")
  func reading() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    #expect(set.layout == .prepared && set.tasks.isEmpty && set.prepared.count == 6)
    let quadruple = try #require(set.prepared.first { $0.id == reversed })
    #expect(quadruple.task == "Negative" && quadruple.instruction == "invert all colours")
    #expect(quadruple.pairs == ["Negative_001.jpg", "Negative_002.jpg"])
    #expect(quadruple.sources.map(\.slice.index) == [0, 1, 2, 0])
    #expect(set.quadruples(.both).count == 6, "reversed ones stand in the folder")
    let pictures = try quadruple.pictures()
    let strip = try Picture(contentsOf: quadruple.a.url)
    #expect(pictures.map(\.width) == [strip.width / 3, strip.width / 3, strip.width / 3, quadruple.bPrime.size.width])
    #expect(try pictures == quadruple.sources.map { try $0.picture() })
  }

  @Test("Joined sets stand one after the other")
  func joining() throws {
    let sets = try [SetFixtures.prepared, SetFixtures.relation].map { try AnalogySet(contentsOf: $0) }
    let joined = try AnalogySet(joining: [SetFixtures.prepared, SetFixtures.relation])
    #expect(Array(joined.quadruples()) == sets.flatMap { Array($0.quadruples()) })
    let missing = SetFixtures.prepared.appending(path: "no")
    #expect(throws: AnalogySetError.self) { try AnalogySet(joining: [SetFixtures.prepared, missing]) }
  }

  @Test("A quadruple that the metadata don't name takes its caption file")
  func fallback() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    let quadruple = try #require(set.prepared.first { $0.id == captioned })
    #expect(quadruple.instruction == "turn the photo into a sepia print,  warm and faded")
    #expect(quadruple.pairs == [captioned] && quadruple.task.isEmpty)

    let folder = try TemporaryFolder()
    try folder.copy(SetFixtures.prepared)
    try folder.remove("analogy_metadata.json")
    #expect(try AnalogySet(contentsOf: folder.url).prepared.count == 6)
    try folder.remove("target/\(captioned).txt")
    #expect(
      try folder.findings() == [
        "target/\(captioned).txt: the caption is missing, and analogy_metadata.json has no entry \(captioned) either"
      ])
  }

  @Test("What is wrong is said file by file")
  func hostile() throws {
    let folder = try TemporaryFolder()
    try folder.copy(SetFixtures.prepared)
    try folder.remove("target/\(reversed).jpg")
    try folder.remove("control/\(captioned).jpg")
    try folder.write("GIF89a", to: "target/lonely.gif")
    try folder.write(Data([0xC3, 0x28]), to: "target/\(captioned).txt")
    try folder.picture("control/twice.jpg", 1)
    try folder.picture("control/twice.png", 2)
    let found = try folder.findings()
    for expected in [
      "control/\(reversed).jpg: target/ has no picture of that name, the b′ of this a | a′ | b",
      "target/\(captioned).jpg: control/ has no picture of that name, the a | a′ | b of this b′",
      "target/lonely.gif: the format is not read; save the picture as PNG, JPEG or WebP",
      "control/twice.png: control/twice.jpg has the same name; keep one of the two",
      "control/twice.jpg: target/ has no picture of that name, the b′ of this a | a′ | b",
    ] {
      #expect(found.contains(expected), "\(expected)\nnot in\n\(found.joined(separator: "\n"))")
    }
    try folder.write("[{\"analogy_id\": 3}, {\"analogy_id\": \"ghost\", \"edit_prompt\": \"x\"}]", to: "analogy_metadata.json")
    let entries = try folder.findings()
    #expect(
      entries.contains("analogy_metadata.json: entry 1 must have analogy_id and edit_prompt, both text")
        && entries.contains("analogy_metadata.json: the entry ghost has no pictures"))
  }

  @Test("The report counts a prepared set's analogies by category")
  func report() throws {
    let report = SetReport(try AnalogySet.checking(SetFixtures.prepared))
    #expect(report.tasks.map(\.name) == ["", "Negative", "Sepia_Toning"] && report.tasks.map(\.analogies) == [1, 2, 3])
    #expect(report.analogies == 6 && report.text.contains("(no category)  1 analogy"))
  }

  @Test("Two empty folders hold no quadruple")
  func empty() throws {
    let folder = try TemporaryFolder()
    for name in ["control", "target"] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    #expect(try folder.findings() == [".: there is no usable quadruple"])
    #expect(throws: AnalogySetError.self) { try AnalogySet(contentsOf: folder.url, skippingBadPairs: true) }
  }

  @Test("Metadata that can't be read might say otherwise than a caption, so nothing is taken")
  func unreadableMetadata() throws {
    let folder = try TemporaryFolder()
    try folder.copy(SetFixtures.prepared)
    try folder.write("[{\n  \"analogy_id\": x\n}]", to: "analogy_metadata.json")
    let set = try AnalogySet.checking(folder.url)
    #expect(set.layout == .prepared && set.prepared.isEmpty)
    #expect(set.findings.contains { $0.problem.contains("is not JSON (invalid value in line 2, column ") })
  }
}
