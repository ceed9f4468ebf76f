import Foundation
import LoRWeBAnalogyData
import LoRWeBTestSupport
import Testing

@Suite("Held-out tasks and pairs")
struct HoldoutTests {
  private let names = (0..<208).map { "Task_\($0)" }

  @Test("Ten tasks are chosen by seed and name, whatever the order, and a growing set keeps most of them")
  func choosing() throws {
    let manifest = try HoldoutManifest(of: names)
    // The same ten for everyone: those of the least SHA-256, worked out with Python's hashlib.
    #expect(manifest.tasks == [134, 145, 167, 178, 181, 189, 201, 204, 205, 81].map { "Task_\($0)" })
    #expect(try HoldoutManifest(of: names.reversed()) == manifest)
    let other = try HoldoutManifest(of: names, seed: 1)
    #expect(other.tasks == [108, 119, 123, 16, 164, 193, 29, 4, 51, 96].map { "Task_\($0)" })
    let grown = try HoldoutManifest(of: names + ["Another_1", "Another_2"])
    #expect(Set(grown.tasks).intersection(manifest.tasks).count >= 8)
    #expect(throws: AnalogySetError.tooFewTasks(found: 10, heldOut: 10)) { try HoldoutManifest(of: Array(names.prefix(10))) }
  }

  @Test("A split leaves nothing held out to train on, and mixes no pairs of both sides")
  func splitting() throws {
    let folder = try TemporaryFolder()
    try folder.task("one", count: 4)
    try folder.task("two", count: 2)
    let set = try AnalogySet(contentsOf: folder.url)
    let (training, heldOut) = try set.split(by: HoldoutManifest(tasks: ["two"], pairs: ["one/02", "one/04"]))
    #expect(training.quadruples().map(\.id) == ["one/01+one/03"])
    #expect(heldOut.quadruples().map(\.id) == ["one/02+one/04", "two/01+two/02"])
    #expect(throws: AnalogySetError.unknownHoldout(names: ["one/9", "three"])) {
      try set.split(by: HoldoutManifest(tasks: ["three"], pairs: ["one/9", "one/01"]))
    }
  }

  @Test("A prepared set is split by category and by image")
  func prepared() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    let byTask = try set.split(by: HoldoutManifest(tasks: ["Negative"]))
    #expect(byTask.training.prepared.count == 4 && byTask.heldOut.prepared.count == 2)
    let byImage = try set.split(by: HoldoutManifest(pairs: ["Sepia_Toning_001.jpg"]))
    #expect(byImage.training.prepared.allSatisfy { !$0.pairs.contains("Sepia_Toning_001.jpg") })
    #expect(byImage.training.prepared.count == 3 && byImage.heldOut.prepared.isEmpty)
  }

  @Test("A manifest is written and read back, and another file is refused")
  func file() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "holdout.json")
    let manifest = HoldoutManifest(tasks: ["a/b"], pairs: ["c/01"])
    try manifest.write(to: url)
    #expect(try HoldoutManifest(contentsOf: url) == manifest)
    for text in ["", "[]", "{\"tasks\": 3}"] {
      try folder.write(text, to: "holdout.json")
      #expect(throws: AnalogySetError.self) { try HoldoutManifest(contentsOf: url) }
    }
  }
}
