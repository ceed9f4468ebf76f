import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@Suite("Relation252k folders")
struct RelationTests {
  @Test("Categories, pairs and instructions are those of labels.json")
  func reading() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.relation)
    #expect(set.layout == .relation252k && set.findings.isEmpty)
    #expect(set.tasks.map(\.name) == ["Negative", "Sepia_Toning"])
    #expect(set.tasks.map(\.pairs.count) == [2, 3])
    let pair = set.tasks[1].pairs[0]
    #expect(pair.id == "Sepia_Toning/001.jpg")
    #expect(pair.instruction == "turn the photo into a sepia print,  warm and faded")
  }

  @Test("A pair is cut at half its width, the right half of an odd one has a column more")
  func halves() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.relation)
    let pair = set.tasks[1].pairs[2]
    #expect(pair.before.size == PictureSize(width: 100, height: 75))
    #expect(pair.after.size == PictureSize(width: 101, height: 75))
    let whole = try Picture(contentsOf: pair.before.url)
    #expect(try pair.before.picture() == whole.cropped(to: PictureRectangle(x: 0, y: 0, width: 100, height: 75)))
    #expect(try pair.after.picture() == whole.cropped(to: PictureRectangle(x: 100, y: 0, width: 101, height: 75)))
  }

  @Test("What is wrong is said file by file, and what is right is still read")
  func hostile() throws {
    let folder = try TemporaryFolder()
    try folder.copy(SetFixtures.relation)
    try folder.remove("Sepia_Toning/Group1/002.jpg")
    try folder.write("[{\"img_name\": ", to: "Negative/Group1/labels.json")
    try folder.write("nothing", to: "Empty/readme.txt")
    try folder.write("nothing", to: "Unlabelled/Group1/readme.txt")
    try folder.write("{}", to: "Object/Group1/labels.json")
    try folder.write(
      """
      [3, {}, {"img_name": "../001.jpg", "edit_instruction": "x"}, {"img_name": "gone.jpg", "edit_instruction": "x"},
       {"img_name": "bad.jpg", "edit_instruction": "x"}, {"img_name": "bad.jpg", "edit_instruction": "x"},
       {"img_name": "thin.png", "edit_instruction": "x"}, {"img_name": "mute.png"}]
      """, to: "Odd/Group1/labels.json")
    try folder.write(Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 4]), to: "Odd/Group1/bad.jpg")
    try folder.picture("Odd/Group1/thin.png", 1, width: 1, height: 40)
    try folder.picture("Odd/Group1/mute.png", 1, width: 64, height: 40)
    let set = try AnalogySet.checking(folder.url)
    let found = set.findings.map(\.sentence)
    for expected in [
      "Sepia_Toning/Group1/002.jpg: the picture is listed in labels.json but missing",
      "Negative/Group1/labels.json: the file is not JSON (unexpected end of file during JSON parse); look for a missing quote, comma or bracket",
      "Negative: the task Negative has no usable pair, but an analogy needs two",
      "Empty: the category has no folder Group1, the only one that is read",
      "Unlabelled/Group1: labels.json is missing, which says what the pictures show",
      "Object/Group1/labels.json: the file must be a JSON list of objects, [{…}, …], but holds something else",
      "Odd/Group1/labels.json: entry 1 must be an object {…} but is something else",
      "Odd/Group1/labels.json: entry 1 has no img_name",
      "Odd/Group1/labels.json: entry 2 names ../001.jpg, but a picture must lie beside labels.json",
      "Odd/Group1/gone.jpg: the picture is listed in labels.json but missing",
      "Odd/Group1/labels.json: bad.jpg is listed twice; drop one of the entries",
      "Odd/Group1/labels.json: the entry of mute.png has no edit_instruction",
      "Odd/Group1/thin.png: the picture is 1×40, too narrow to be cut in 2",
    ] {
      #expect(found.contains(expected), "\(expected)\nnot in\n\(found.joined(separator: "\n"))")
    }
    #expect(found.contains { $0.hasPrefix("Odd/Group1/bad.jpg: the file ") })
    #expect(set.tasks.map(\.name) == ["Sepia_Toning"] && set.tasks[0].pairs.count == 2)
    #expect(set.unused.filter { $0.hasPrefix("Odd") } == ["bad.jpg", "mute.png", "thin.png"].map { "Odd/Group1/\($0)" })
  }

  @Test("Bad pairs are refused with one sentence, and skipped only when that is allowed")
  func skipping() throws {
    let folder = try TemporaryFolder()
    try folder.copy(SetFixtures.relation)
    try folder.remove("Sepia_Toning/Group1/002.jpg")
    let expected = AnalogySetError.badPairs(
      folder: folder.url.path(percentEncoded: false), count: 1,
      first: "Sepia_Toning/Group1/002.jpg: the picture is listed in labels.json but missing")
    #expect(throws: expected) { try AnalogySet(contentsOf: folder.url) }
    let set = try AnalogySet(contentsOf: folder.url, skippingBadPairs: true)
    #expect(set.tasks.map(\.pairs.count) == [2, 2] && set.findings.count == 1)
  }
}
