import Foundation
import LoRWeBEvaluation
import LoRWeBFiles
import LoRWeBPictures
import Testing

@Suite("Outputs of any tool")
struct OutputFolderTests {
  private let suite: TestSuite

  init() throws {
    suite = try TestSuite([("warm", "one"), ("fog", "two"), ("fog", "0"), ("warm", "0")])
    try FileManager.default.createDirectory(at: suite["made/fog"], withIntermediateDirectories: true)
  }

  /// A flat picture of a level.
  private func put(_ level: Int, _ name: String, side: Int = 16) throws {
    try Picture(width: side, height: 16) { _, _, _ in level }.write(to: suite["made/\(name)"])
  }

  private func folder(_ count: Int = 4) throws -> OutputFolder {
    try OutputFolder("theirs", suite["made"], for: Array(suite.folder.items.prefix(count)), of: suite.folder)
  }

  private func refusal(_ count: Int = 4) -> String {
    (#expect(throws: EvaluationError.self) { try folder(count) }).map { "\($0)" } ?? ""
  }

  private func putAll() throws {
    try put(100, "one.webp")
    try put(110, "fog/two.jpg")
    try put(120, "fog/0.png")
    try put(130, "warm-0.png")
  }

  @Test("An item's picture is found by its name, with its task's where two tasks have it; others are told")
  func found() throws {
    try putAll()
    try put(9, "zebra.png")
    try put(9, "fog/extra.webp")
    try Data("notes".utf8).write(to: suite["made/notes.txt"])
    let outputs = try folder()
    #expect(outputs.name == "theirs" && outputs.extra == ["fog/extra.webp", "zebra.png"])
    for (listed, level) in zip(suite.folder.items, [100, 110, 120, 130]) {
      let item = try PlainPreparation(readsOthers: false).item(listed, of: suite.folder)
      let picture = try outputs.output(for: item)
      #expect(picture.size == item.b.size && abs(Int(picture.pixels[0]) - level) <= 2, "\(listed.name)")
    }
    let enlarged = try PlainPreparation(readsOthers: false).item(suite.folder.items[0], of: suite.folder)
      .resized(to: PictureSize(width: 32, height: 32))
    #expect(try outputs.output(for: enlarged).size.description == "32×32", "as the true b′ is brought to a model's size")
  }

  @Test("Items that aren't measured may have pictures and need none")
  func few() throws {
    try put(1, "one.png")
    try put(2, "fog/0.png")
    #expect(try folder(1).extra == [])
    #expect(refusal(2).contains("1 of 2 items have no picture there (fog/two.png)"))
  }

  @Test("Missing, doubled, wrongly sized and unreadable pictures are refused in a sentence")
  func refusals() throws {
    #expect(refusal().contains("4 of 4 items have no picture there (warm/one.png, fog/two.png, fog/0.png, warm/0.png)"))
    try putAll()
    // An item's name alone says too little where two tasks have it.
    try FileManager.default.moveItem(at: suite["made/fog/0.png"], to: suite["made/0.png"])
    #expect(refusal().contains("(fog/0.png)"))
    try FileManager.default.moveItem(at: suite["made/0.png"], to: suite["made/fog-0.png"])
    _ = try folder()
    try put(5, "fog/0.webp")
    #expect(refusal().contains("item 0 of task fog has two pictures, fog/0.webp and fog-0.png"))
    try FileManager.default.removeItem(at: suite["made/fog/0.webp"])
    try put(5, "one.webp", side: 17)
    let text = refusal()
    #expect(
      text.contains("one.webp has 17×16 pixels") && text.contains("true b′ of item one of task warm has 16×16")
        && text.hasSuffix("."), "\(text)")
    try Data("no picture".utf8).write(to: suite["made/one.webp"])
    #expect(throws: PicturesError.self) { try folder() }
    let nowhere = #expect(throws: FolderError.self) {
      try OutputFolder("theirs", suite["nowhere"], for: suite.folder.items, of: suite.folder)
    }
    #expect(nowhere.map { "\($0)".contains("nowhere") && "\($0)".contains("can't be listed") } == true, "\(nowhere as Any)")
  }

  @Test("A name that two items could have is refused")
  func ambiguous() throws {
    let suite = try TestSuite([("a-b", "c"), ("a", "b-c")])
    try FileManager.default.createDirectory(at: suite["made"], withIntermediateDirectories: true)
    try Picture(width: 16, height: 16) { _, _, _ in 1 }.write(to: suite["made/a-b-c.png"])
    let error = #expect(throws: EvaluationError.self) {
      try OutputFolder("theirs", suite["made"], for: suite.folder.items, of: suite.folder)
    }
    #expect(error.map { "\($0)".contains("a-b-c.png can be of item c of task a-b and of item b-c of task a") } == true)
  }
}
