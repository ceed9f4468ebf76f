import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@Suite("Plain folders of before/after pairs")
struct PairsTests {
  @Test("A folder a task, pictures named before and after or in two folders, instructions where there are some")
  func reading() throws {
    let folder = try TemporaryFolder()
    try folder.task("night", count: 2)
    try folder.write("\u{FEFF}make it night\n", to: "night/instruction.txt")
    try folder.write("make it day", to: "night/reverse.txt")
    try folder.write("make it a dark night", to: "night/02.txt")
    try folder.write("mine", to: "night/LICENSE.txt")
    for name in [".DS_Store", "._01-before.png", "Thumbs.db"] { try folder.write("left behind", to: "night/\(name)") }
    for number in 1...2 {
      try folder.picture("old style/Before/\(number).jpg", number)
      try folder.picture("old style/AFTER/\(number).png", number + 10)
    }
    let set = try AnalogySet(contentsOf: folder.url)
    #expect(set.layout == .pairs && set.tasks.map(\.name) == ["night", "old style"])
    #expect(set.tasks[0].pairs.map(\.id) == ["night/01", "night/02"])
    #expect(set.tasks[0].pairs.map(\.instruction) == ["make it night", "make it a dark night"])
    #expect(set.tasks[1].pairs.map(\.instruction) == ["", ""] && set.unused == [])
    let both = set.quadruples(.both)
    #expect(both.count == 4 && set.quadruples().count == 2)
    #expect(both[1].id == "night/01+night/02_rev" && both[1].instruction == "make it day")
    #expect(both[1].a == both[0].aPrime && both[1].bPrime == both[0].b)
  }

  @Test("Pictures right in the folder are one task of its name")
  func oneTask() throws {
    let folder = try TemporaryFolder()
    for name in ["x_before", "x.after", "y before", "y-AFTER"].enumerated() {
      try folder.picture("\(name.element).webp", name.offset)
    }
    let set = try AnalogySet(contentsOf: folder.url)
    #expect(set.tasks.map(\.name) == [folder.url.lastPathComponent] && set.tasks[0].pairs.count == 2)
  }

  @Test("What is wrong is said file by file, and what is right is still read")
  func hostile() throws {
    let folder = try TemporaryFolder()
    try folder.task("good", count: 3)
    try folder.task("lone", count: 1)
    try folder.task("same", count: 2)
    try folder.picture("same/02-after.png", 2)
    try folder.picture("good/03-after.jpg", 5)
    try folder.picture("good/04-before.png", 4)
    try folder.picture("good/holiday.png", 4)
    try folder.write("ftyp", to: "good/05-before.heic")
    try folder.write("no picture", to: "good/06-before.png")
    try folder.picture("good/06-after.png", 6)
    try folder.picture("good/07-before.png", 7, width: 8)
    try folder.picture("good/07-after.png", 8, width: 8)
    try folder.picture("good/08-before.png", 7, width: 24, height: 32)
    try folder.picture("good/08-after.png", 8)
    try FileManager.default.createDirectory(at: folder.url.appending(path: "nothing"), withIntermediateDirectories: true)
    let set = try AnalogySet.checking(folder.url)
    let found = set.findings.map(\.sentence)
    for expected in [
      "same/02-after.png: before and after are the same picture, so they show no change",
      "same: the task same has only one usable pair, but an analogy needs two",
      "lone: the task lone has only one usable pair, but an analogy needs two",
      "nothing: the task nothing has no usable pair, but an analogy needs two",
      "good/03-after.png: good/03-after.jpg is a picture after of the same name; keep one of the two",
      "good/04-before.png: the picture after it is missing",
      "good/holiday.png: the name says neither before nor after; call it holiday-before or -after",
      "good/05-before.heic: the format is not read; save the picture as PNG, JPEG or WebP",
      "good/07-before.png: the picture is 8×24, but sides of at least 16 pixels are needed",
      "good/08-after.png: before is 24×32 and after 32×24, two different framings; crop both alike",
    ] {
      #expect(found.contains(expected), "\(expected)\nnot in\n\(found.joined(separator: "\n"))")
    }
    #expect(found.contains { $0.hasPrefix("good/06-before.png: the file is not a picture that can be read") })
    #expect(set.tasks.map(\.name) == ["good"] && set.tasks[0].pairs.map(\.id) == ["good/01", "good/02", "good/03"])
  }

  @Test("Words that can't be read are not words that aren't there: the pairs they belong to are left out")
  func unreadableWords() throws {
    let folder = try TemporaryFolder()
    let broken = Data([0xFF, 0xFE, 0x41, 0x00])
    for task in ["own", "all", "reverse", "gone"] { try folder.task(task, count: 3) }
    try folder.write("make it dark", to: "own/instruction.txt")
    try folder.write(broken, to: "own/02.txt")
    try folder.write(broken, to: "all/instruction.txt")
    for name in ["01", "03"] { try folder.write("make it light", to: "all/\(name).txt") }
    try folder.write(broken, to: "reverse/reverse.txt")
    try FileManager.default.createSymbolicLink(
      atPath: folder.url.appending(path: "gone/01.txt").path, withDestinationPath: "nowhere.txt")
    let set = try AnalogySet.checking(folder.url)
    let words = "the file is not UTF-8 text; save it again as plain text"
    for expected in [
      "own/02.txt: \(words)", "all/instruction.txt: \(words)", "reverse/reverse.txt: \(words)",
      "gone/01.txt: the file can't be opened; change its permissions or remove it",
    ] {
      #expect(set.findings.map(\.sentence).contains(expected), "\(expected)")
    }
    #expect(set.tasks.map(\.name) == ["all", "gone", "own"])
    #expect(set.tasks.map { $0.pairs.map(\.id) } == [["all/01", "all/03"], ["gone/02", "gone/03"], ["own/01", "own/03"]])
    #expect(Set(set.tasks[2].pairs.map(\.instruction)) == ["make it dark"])
    #expect(set.unused.contains("own/02-before.png") && set.unused.count == 2 * (1 + 1 + 1 + 3))
  }

  @Test("A folder without analogies, a file and nothing at all are refused by name")
  func noSet() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path(percentEncoded: false)
    #expect(throws: AnalogySetError.unknownLayout(folder: path)) { try AnalogySet.checking(folder.url) }
    try folder.write("x", to: "notes.txt")
    try folder.picture("holiday/1.png", 1)
    #expect(throws: AnalogySetError.unknownLayout(folder: path)) { try AnalogySet.checking(folder.url) }
    #expect(throws: AnalogySetError.self) { try AnalogySet.checking(folder.url.appending(path: "notes.txt")) }
    #expect(throws: AnalogySetError.self) { try AnalogySet.checking(folder.url.appending(path: "gone")) }
  }

  @Test("Names in any script, with spaces, and such as no text can be made of")
  func names() throws {
    let folder = try TemporaryFolder()
    try folder.task("ночь 夜 🌙", count: 2)
    let bytes: [CChar] = Array((folder.url.path(percentEncoded: false) + "/").utf8CString.dropLast()) + [-61, 40, 0]
    #expect(mkdir(bytes, 0o755) == 0)
    let set = try AnalogySet.checking(folder.url)
    #expect(set.tasks.map(\.name).contains("ночь 夜 🌙"))
  }

  @Test("The report counts tasks and analogies, in text and as JSON that can be read back")
  func report() throws {
    let folder = try TemporaryFolder()
    try folder.task("one", count: 3)
    try folder.task("two", count: 1)
    let report = SetReport(try AnalogySet.checking(folder.url))
    #expect(report.analogies == 3 && report.problems.count == 1)
    #expect(
      report.text.contains("one  3 pairs, 3 analogies") && report.text.contains("two: the task two has only one usable pair"))
    #expect(try JSONDecoder().decode(SetReport.self, from: report.readableJSON()) == report)
  }
}
