import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("train") struct Train {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private let folder: TemporaryFolder

    init() throws {
      folder = try Workplace.make()
      try FileManager.default.copyItem(
        at: Self.tests.appending(path: "AnalogyDataTests/Fixtures/prepared"), to: folder["data"])
    }

    /// Trains in the folder itself, so that relative paths in a recipe lead into it.
    private func train(_ output: String, _ arguments: [String], settings: [String] = []) throws -> Tool.Run {
      try Tool.run(
        ["train", "--model", "model", "--output", output, "--threads", "1"] + arguments + settings.flatMap { ["--set", $0] },
        in: folder.url)
    }

    private func files(_ checkpoint: String) throws -> [String: Data] {
      Dictionary(
        uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: folder.path(checkpoint)).map {
          ($0, try Data(contentsOf: folder["\(checkpoint)/\($0)"]))
        })
    }

    @Test("runs the published YAML as it is on the tiny model, and its basis edits")
    func published() throws {
      let recipe = Self.tests.appending(path: "AdaptersTests/authors.yaml").path(percentEncoded: false)
      let run = try train("run", ["--recipe", recipe], settings: ["steps=20"])
      #expect(run.status == 0 && run.output.hasSuffix("run/step-000000020/\n"), "\(run)")
      #expect(run.errors.components(separatedBy: "nothing here uses").count == 2, "\(run.errors)")
      #expect(run.errors.contains("logging.use_wandb") && !run.errors.contains("caption_dropout_rate"), "\(run.errors)")
      for word in [#""canvasArea" : 262144"#, "tokens a step", "pictures through the encoders", "step 20 of 20"] {
        #expect((run.output + run.errors).contains(word), "\(word) is missing: \(run)")
      }
      let page = try String(contentsOf: folder["run/report.html"], encoding: .utf8)
      #expect(page.components(separatedBy: "<svg").count == 6 && page.components(separatedBy: "data:image/jpeg").count == 21)
      #expect(!page.contains("http") && page.contains("&quot;canvasArea&quot; : 262144"))
      let basis = "run/step-000000020/basis.safetensors"
      #expect(try Tool.run(["inspect", folder.path(basis)]).output.contains("google/siglip2-base-patch16-224"))
      let edit = try Tool.run(folder.edit(["--basis", folder.path(basis), "--steps", "1", "-q"]))
      #expect(edit.status == 0 && !edit.errors.contains("untrained"), "\(edit)")
    }

    @Test("refuses to write into the set before anything is made, and leaves no folder where it is refused for its data")
    func outputs() throws {
      try FileManager.default.createSymbolicLink(at: folder["link"], withDestinationURL: folder["data"])
      let data = ["--data", "data"]
      for (output, more) in [
        ("data/run", data), ("data/x/../run", data), ("link/run", data), ("data", data),
        ("run", data + ["--cache", "data/cache"]),
        ("run", ["--data", "link", "--cache", "data/cache"]), ("data/run", ["--data", "link", "--check"]),
      ] {
        let before = try Set(FileManager.default.subpathsOfDirectory(atPath: folder.url.path))
        expectSentence(try train(output, more, settings: ["steps=2"]), ["which is read"])
        #expect(try Set(FileManager.default.subpathsOfDirectory(atPath: folder.url.path)) == before, "\(output)")
      }
      try FileManager.default.removeItem(at: folder["data/target"])
      let refused = try train("run", data)
      #expect(refused.status != 0 && !FileManager.default.fileExists(atPath: folder.path("run")), "\(refused)")
    }

    @Test("refuses an ordinary LoRA's YAML in a sentence")
    func ordinary() throws {
      let yaml = "config:\n  process:\n  - {network: {type: lora, linear: 16}, train: {steps: 3000}}\n"
      try Data(yaml.utf8).write(to: folder["lora.yaml"])
      let run = try Tool.run(["train", "--plan", "--model", "model", "--recipe", "lora.yaml"], in: folder.url)
      expectSentence(run, ["lora.yaml", "network.type is lora"])
    }

    @Test("says what the published YAML would take on FLUX.1-Kontext-dev, by its configs alone")
    func planned() throws {
      let recipe = Self.tests.appending(path: "AdaptersTests/authors.yaml").path(percentEncoded: false)
      let configs = Self.tests.deletingLastPathComponent().appending(path: "Sources/LoRWeB/Embedded/presets/kontext-dev")
      let plan = ["train", "--plan", "--model", configs.path(percentEncoded: false), "--recipe", recipe]
      let run = try Tool.run(plan + ["--dtype", "bfloat16"], in: folder.url)
      #expect(run.status == 0 && run.output.contains("base 11901408320 parameters"), "\(run)")
      for more in [["--output", "run"], ["--data", "data"], ["--set", "basis.rank=x"]] {
        #expect(try Tool.run(plan + more, in: folder.url).status != 0, "\(more)")
      }
      let missing = try Tool.run(["train", "--plan", "--model", "model", "--recipe", "nowhere.yaml"], in: folder.url)
      #expect(missing.status != 0 && missing.errors.hasPrefix("Error: --recipe nowhere.yaml can't be read"), "\(missing)")
      let rehearsal = try train("run", ["--rehearse", "--canvas", "64", "--text-tokens", "3"], settings: ["steps=1"])
      let small = try Tool.run(
        ["train", "--plan", "--model", "model", "--canvas", "64", "--text-tokens", "3", "--set", "steps=1"], in: folder.url)
      #expect(small.status == 0 && rehearsal.output.hasPrefix(small.output), "\(small) \(rehearsal)")
    }

    @Test(
      "goes on with pictures where it stopped, to the byte: canvases and single pictures, latents sampled, captions dropped")
    func resumed() throws {
      let settings =
        ["steps=6", "saveEvery=3", "keepLast=2", "batch=2", "data.singles=0.5", "data.singlesBatch=3"]
        + ["data.encoded=canvases", "data.vae=sample"]
      let whole = try train("whole", ["--data", "data", "--preset", "mini", "--quiet"], settings: settings)
      #expect(whole.status == 0 && whole.errors == "", "\(whole)")
      let end = try files("whole/step-000000006")
      #expect(end.keys.sorted().contains("average.safetensors"))
      try FileManager.default.copyItem(at: folder["whole"], to: folder["parts"])
      try FileManager.default.removeItem(at: folder["parts/step-000000006"])
      let rest = try train("parts", ["--data", "data", "--resume", "--quiet"])
      #expect(rest.status == 0, "\(rest)")
      #expect(try files("parts/step-000000006") == end)
      // Another set is another run.
      try FileManager.default.removeItem(at: folder["parts/step-000000006"])
      let manifest = #"{"tasks": ["Negative"], "pairs": []}"#
      try Data(manifest.utf8).write(to: folder["holdout.json"])
      let other = try train("parts", ["--data", "data", "--resume", "--holdout", "holdout.json", "--quiet"])
      expectSentence(other, ["saved for other pairs"])
    }

    @Test("trains with a query mode of whole canvases, and its basis edits by it")
    func wholeCanvases() throws {
      let run = try train(
        "run", ["--data", "data", "--quiet"], settings: ["steps=2", "batch=2", "samples=1", "basis.queryMode=caa'b"])
      #expect(run.status == 0 && run.errors == "", "\(run)")
      let basis = "run/step-000000002/basis.safetensors"
      #expect(try Tool.run(["inspect", folder.path(basis)]).output.contains("caa'b"))
      let edit = try Tool.run(folder.edit(["--basis", folder.path(basis), "--steps", "1", "-q"]))
      #expect(edit.status == 0, "\(edit)")
    }

    @Test("trains one LoRA without a router by the same loop")
    func single() throws {
      let run = try train(
        "run", ["--data", "data", "--quiet"], settings: ["steps=3", "batch=2", "basis.count=1", "learn=loras"])
      #expect(run.status == 0 && run.errors == "", "\(run)")
      let inspected = try Tool.run(["inspect", folder.path("run/step-000000003/basis.safetensors")]).output
      #expect(inspected.contains("CLIP-tiny"), "\(inspected)")
    }

    @Test("climbs the ladder before a run, leaves its report alone and fails where B can't move")
    func check() throws {
      let good = try train(
        "run", ["--data", "data", "--check", "--json", "--quiet"],
        settings: ["batch=1", "recompute=false", "optimiser.learningRate=4e-3", "samples=1"])
      #expect(good.status == 0 && good.errors == "", "\(good)")
      let rungs = try #require(try JSONSerialization.jsonObject(with: Data(good.output.utf8)) as? [[String: Any]])
      #expect(rungs.count == 8 && rungs.allSatisfy { $0["hasPassed"] as? Bool == true }, "\(good.output)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("run")) == ["check.html"])
      let page = try String(contentsOf: folder["run/check.html"], encoding: .utf8)
      #expect(page.components(separatedBy: "data:image/jpeg").count == 7)

      let bad = try train(
        "run", ["--rehearse", "--canvas", "32", "--text-tokens", "2", "--check", "--quiet"],
        settings: ["batch=1", "recompute=false", "learn=router"])
      #expect(bad.status == 1 && bad.output.contains("FAILED  B no longer zero"), "\(bad)")
    }

    @Test("refuses in a sentence what it can't learn from")
    func refusals() throws {
      #expect(try train("run", []).errors.contains("--data"))
      expectSentence(try train("run", ["--data", "nowhere", "--quiet"]), ["nowhere"])
      expectSentence(
        try train("run", ["--data", "data", "--quiet"], settings: ["basis.queryMode=paa'bb'"]), ["queryMode"])
      expectSentence(try train("run", ["--data", "data", "--quiet"], settings: ["data.singles=0.5"]), ["data.singles"])
    }
  }
}
