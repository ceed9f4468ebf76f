import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

@Suite("A layout is believed by its content")
struct LayoutTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Control and target pictures of the same names, of these sizes.
  private func write(_ count: Int, control: (Int, Int), target: (Int, Int), below place: String = "") throws {
    for number in 0..<count {
      try folder.picture("\(place)control/00\(number).jpg", 2 * number, width: control.0, height: control.1)
      try folder.picture("\(place)target/00\(number).png", 2 * number + 1, width: target.0, height: target.1)
    }
  }

  @Test("The table of tasks is aligned by what names show, be they emoji or Chinese")
  func columns() {
    let tasks = ["🎨 paint", "oil", "油画"].map { AnalogyTask(name: $0, pairs: []) }
    let report = SetReport(AnalogySet(root: URL(filePath: "/nowhere"), layout: .pairs, tasks: tasks))
    #expect(
      report.text.split(separator: "\n")[1...3] == [
        "  🎨 paint  0 pairs, 0 analogies", "  oil       0 pairs, 0 analogies", "  油画      0 pairs, 0 analogies",
      ])
  }

  @Test("Pictures before and after in control and target are pairs, with their captions")
  func aitoolkit() throws {
    try write(3, control: (64, 48), target: (128, 96))
    for number in 0..<3 { try folder.write("make it dark \(number)", to: "target/00\(number).txt") }
    let set = try AnalogySet(contentsOf: folder.url)
    #expect(set.layout == .pairs && set.prepared.isEmpty && set.unused == [])
    #expect(set.tasks.map(\.name) == [folder.url.lastPathComponent])
    #expect(set.tasks[0].pairs.map(\.instruction) == ["make it dark 0", "make it dark 1", "make it dark 2"])
    #expect(
      set.tasks[0].pairs.allSatisfy { $0.before.url.path.contains("/control/") && $0.after.url.path.contains("/target/") })
    #expect(set.tasks[0].pairs[0].before.size == PictureSize(width: 64, height: 48))
  }

  @Test("Panoramas three times as wide as high are pairs too, where b' is as wide")
  func panoramas() throws {
    try write(2, control: (96, 32), target: (96, 32))
    #expect(try AnalogySet(contentsOf: folder.url).layout == .pairs)
  }

  @Test("Each task may have its control and target")
  func tasks() throws {
    try write(2, control: (64, 48), target: (64, 48), below: "night/")
    try write(2, control: (48, 48), target: (48, 48), below: "day/")
    try folder.write("make it day", to: "day/instruction.txt")
    let set = try AnalogySet(contentsOf: folder.url)
    #expect(
      set.tasks.map(\.name) == ["day", "night"] && set.tasks[0].pairs.map(\.instruction) == ["make it day", "make it day"])
  }

  @Test("Tasks that are called control and target are tasks", arguments: [true, false])
  func tasksOfTheseNames(inFolders: Bool) throws {
    for task in ["control", "target"] {
      if inFolders {
        for number in 1...2 {
          try folder.picture("\(task)/before/\(number).png", number)
          try folder.picture("\(task)/after/\(number).png", number + 10)
        }
      } else {
        try folder.task(task, count: 2)
      }
    }
    let set = try AnalogySet(contentsOf: folder.url)
    #expect(set.layout == .pairs && set.tasks.map(\.name) == ["control", "target"] && set.quadruples().count == 2)
  }

  @Test("Strips with b as a third are prepared quadruples, and one that doesn't fit is named")
  func prepared() throws {
    try write(5, control: (3 * 32, 24), target: (64, 48))
    for number in 0..<5 { try folder.write("x", to: "target/00\(number).txt") }
    #expect(try AnalogySet(contentsOf: folder.url).layout == .prepared)
    try folder.picture("control/003.jpg", 7, width: 64, height: 48)
    let set = try AnalogySet.checking(folder.url)
    #expect(set.layout == .prepared && set.prepared.map(\.id) == ["000", "001", "002", "004"])
    #expect(
      set.findings.map(\.sentence) == [
        "control/003.jpg: a third of it is 22×48 and b′ 64×48, two different framings, so it is no a | a′ | b"
      ])
    #expect(set.unused == ["control/003.jpg", "target/003.png"])
  }

  @Test("Whoever says that pairs are prepared is told of each that isn't")
  func insisted() throws {
    try write(2, control: (64, 48), target: (64, 48))
    for number in 0..<2 { try folder.write("x", to: "target/00\(number).txt") }
    let set = try AnalogySet.checking(folder.url, layout: .prepared)
    #expect(set.prepared.isEmpty && set.findings.count == 3)
  }

  @Test("A folder Group1 alone makes no Relation252k")
  func group() throws {
    try folder.task("night", count: 2)
    try folder.picture("night/Group1/01.png", 1)
    let set = try AnalogySet.checking(folder.url)
    #expect(set.layout == .pairs && set.tasks.map(\.name) == ["night"])
    #expect(set.unused == ["night/Group1/01.png"])
  }

  @Test("Plain pictures of any ending, or none, are used; whatever else looks like one is listed")
  func endings() throws {
    try folder.task("dark", count: 2)
    let jpeg = try TemporaryFolder.pattern(3).encoded(as: .jpeg)
    let other = try TemporaryFolder.pattern(4).encoded(as: .webp)
    for (name, ending) in [("03", ".jfif"), ("04", ".jpe"), ("05", ".JPG"), ("06", ""), ("07", ".img"), ("08", ".txt")] {
      try folder.write(jpeg, to: "dark/\(name)-before\(ending)")
      try folder.write(other, to: "dark/\(name)-after\(ending)")
    }
    for side in ["before", "after"] {
      for name in ["1", "2", "a.1", "a.2"] { try folder.write(side == "before" ? jpeg : other, to: "bare/\(side)/\(name)") }
    }
    try folder.write("mine", to: "dark/readme.txt")
    try folder.write(Data([0, 0, 0, 24]) + Data("ftypisom".utf8), to: "dark/clip.mp4")
    let good = try AnalogySet(contentsOf: folder.url)
    #expect(good.tasks.map(\.name) == ["bare", "dark"] && good.tasks.map(\.pairs.count) == [4, 8] && good.unused == [])
    #expect(SetReport(good).isGood && SetReport(good).text.hasSuffix("nothing is wrong"))

    let foreign = ["09-before.tga", "10-before.cr3", "11-before.HEIC", "12-before.tiff", "13-before.psd"]
    for name in foreign { try folder.write(Data([0, 1, 2, 3]), to: "dark/\(name)") }
    try folder.write(Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0]), to: "dark/14-before")  // a TIFF without an ending
    try folder.write(jpeg, to: "cover/deep/cover.jpg")
    try folder.write(Data(), to: "top.png")
    let set = try AnalogySet.checking(folder.url)
    let unused = ["cover/deep/cover.jpg"] + (foreign + ["14-before"]).map { "dark/\($0)" } + ["top.png"]
    #expect(set.unused == unused)
    let report = SetReport(set)
    #expect(!report.isGood && unused.allSatisfy { report.text.contains("\n  \($0)") })
    let json = try #require(try JSONSerialization.jsonObject(with: report.readableJSON()) as? [String: Any])
    #expect(json["unused"] as? [String] == unused)
    for name in foreign { #expect(set.findings.contains { $0.file == "dark/\(name)" && $0.problem.contains("not read") }) }
  }
}
