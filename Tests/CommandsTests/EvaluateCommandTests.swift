import Foundation
import LoRWeBPictures
import Testing

extension CommandTests {
  @Suite("evaluate") struct Evaluate {
    private let folder: TemporaryFolder

    init() throws {
      folder = try Workplace.make()
      try FileManager.default.createDirectory(at: folder["suite"], withIntermediateDirectories: true)
      for (name, size, shift) in [("a", 48, 0), ("a2", 48, 60), ("b", 48, 10), ("b2", 48, 90)] {
        try Picture.pattern(size, 48, shift: shift).write(to: folder["suite/\(name).png"])
      }
      try write(items: [item("shift", "one"), item("other", "one"), item("other", "two")])
    }

    private func item(_ task: String, _ name: String) -> [String: Any] {
      [
        "task": task, "name": name, "instruction": "shift it", "a": "a.png", "aPrime": "a2.png", "b": "b.png",
        "bPrime": "b2.png",
      ]
    }

    private func write(items: [[String: Any]], version: Int = 1) throws {
      try JSONSerialization.data(withJSONObject: ["version": version, "name": "Trial", "items": items])
        .write(to: folder["suite/suite.json"])
    }

    private func evaluate(_ more: [String] = []) throws -> Tool.Run {
      try Tool.run(
        [
          "evaluate", "--suite", folder.path("suite"), "--model", folder.path("model"), "--output", folder.path("out"),
          "--plain",
        ]
          + more)
    }

    @Test("measures every method on every item and writes table, scores and sheet")
    func measures() throws {
      let run = try evaluate(["--json", "--limit", "1", "--methods", "copy,color-map,lorweb,truth"])
      #expect(run.status == 0, "\(run.errors)")
      let scores = try #require(try run.json()["scores"] as? [[String: Any]])
      #expect(scores.count == 8)
      func error(_ method: String) throws -> Double {
        let score = try #require(scores.first { $0["method"] as? String == method })
        return try #require((score["values"] as? [String: Any])?["mse"] as? Double)
      }
      #expect(try error("copy b") > 0)
      // A shift of levels is what a map of colours is for; it wraps round here, which no polynomial follows wholly.
      #expect(try error("colour map of a → a′") < error("copy b"))
      let table = try String(contentsOf: folder["out/table.markdown"], encoding: .utf8)
      #expect(table.contains("# Trial") && table.contains("| basis, no prompt | 2 | 2 |"))
      let sheet = try Picture(contentsOf: folder["out/sheet.png"])
      #expect(sheet.width == 8 * 128 + 9 * 4 && sheet.height == 2 * 128 + 3 * 4)
    }

    @Test("refuses what can't be measured, in one sentence, and writes nothing")
    func refuses() throws {
      for (change, words) in [
        ({ try write(items: []) }, "no items"),
        ({ try write(items: [item("t", "x"), item("t", "x")]) }, "twice"),
        ({ try write(items: [item("t", "x")], version: 2) }, "version is 2"),
        ({ try FileManager.default.removeItem(at: folder["suite/suite.json"]) }, "missing"),
      ] as [(() throws -> Void, String)] {
        try change()
        let run = try evaluate(["--quiet"])
        #expect(run.status != 0 && run.errors.contains(words), "\(run.errors)")
      }
      let unknown = try evaluate(["--methods", "copy,magic"])
      #expect(unknown.status != 0 && unknown.errors.contains("magic"))
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
  }
}
