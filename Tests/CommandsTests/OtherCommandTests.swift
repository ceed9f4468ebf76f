import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("inspect") struct Inspect {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    @Test(
      "shows a basis, a model folder and any weight file, as text and as JSON",
      arguments: [
        ("model/basis.safetensors", ["LoRAs (N)", "softmax", "(from the file's entry lorweb)", "cat-aa'b"]),
        ("model", ["transformer", "parameters, float32", "LoRWeB basis"]),
        ("model/vae/diffusion_pytorch_model.safetensors", ["decoder.conv_in.weight", "tensors"]),
      ])
    func shows(name: String, words: [String]) throws {
      let text = try Tool.run(["inspect", folder.path(name)])
      #expect(text.status == 0 && text.errors == "", "\(text.errors)")
      for word in words { #expect(text.output.contains(word), "\(text.output)") }
      let sections = try #require(
        try Tool.run(["inspect", folder.path(name), "--json"]).json()["sections"] as? [[String: Any]])
      #expect(!sections.isEmpty && sections.allSatisfy { $0["title"] is String && $0["lines"] is [[String: Any]] })
    }

    @Test("shows the recipe of a result")
    func recipe() throws {
      #expect(try Tool.run(folder.edit(["--steps", "1", "-q", "--prompt", "snow"])).status == 0)
      let run = try Tool.run(["inspect", folder.path("out.png")])
      for word in ["snow", "float32 on cpu", "guidance", "LoRAs used"] { #expect(run.output.contains(word), "\(run.output)") }
      _ = try Tool.run(["inspect", folder.path("out.png"), "--json"]).json()
      // A recipe with numbers no edit has: shown or refused, never a crash.
      let text = try #require(try PictureFile(contentsOf: folder["out.png"]).text()["lorweb"])
      var values = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      values["meanCoefficients"] = [1e30, -1e30, -0.5, 0]
      let hostile = String(decoding: try JSONSerialization.data(withJSONObject: values), as: UTF8.self)
      try Picture.pattern(4, 4).write(to: folder["hostile.png"], PictureWriting(text: ["lorweb": hostile]))
      #expect(try Tool.run(["inspect", folder.path("hostile.png")]).status == 0)
    }

    @Test("refuses what it can't show, by name")
    func refusals() throws {
      try folder.expectRefusal(["inspect", folder.path("a.png")], "a.png", "no recipe")
      try Picture.pattern(4, 4).write(to: folder["other.png"], PictureWriting(text: ["lorweb": "{}"]))
      try folder.expectRefusal(["inspect", folder.path("other.png")], "other.png", "recipe")
      try folder.expectRefusal(["inspect", folder.path("nowhere.png")], "nowhere.png")
      try folder.expectRefusal(["inspect", folder.path("nowhere")], "nowhere")
      try Data("text".utf8).write(to: folder["text.safetensors"])
      try folder.expectRefusal(["inspect", folder.path("text.safetensors")], "text.safetensors")
      let huge = #"{"x":{"dtype":"F32","shape":[4611686018427387904,4611686018427387904,0],"data_offsets":[0,0]}}"#
      try (withUnsafeBytes(of: UInt64(huge.utf8.count).littleEndian) { Data($0) } + Data(huge.utf8)).write(
        to: folder["huge.safetensors"])
      let run = try Tool.run(["inspect", folder.path("huge.safetensors")])
      if run.status != 0 { expectSentence(run, ["huge.safetensors"]) }
    }
  }

  @Suite("doctor") struct Doctor {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    @Test("ends in Ready to edit with the embedded model and with a folder")
    func ready() throws {
      for arguments in [[], ["--model", folder.path("model")]] {
        let run = try Tool.run(["doctor"] + arguments)
        #expect(run.status == 0 && run.output.hasSuffix("\nReady to edit.\n") && run.errors == "", "\(run)")
        for word in ["libtorch", "cpu", "works", "transformer"] { #expect(run.output.contains(word)) }
      }
      _ = try Tool.run(["doctor", "--json"]).json()
    }

    @Test("says everything that is missing, a sentence each, and fails")
    func broken() throws {
      try FileManager.default.removeItem(at: folder["model/vae"])
      try Data("{".utf8).write(to: folder["model/text_encoder/config.json"])
      try FileManager.default.removeItem(at: folder["model/basis.safetensors"])
      let run = try Tool.run(["doctor", "--model", folder.path("model")])
      #expect(run.status != 0 && !run.output.contains("Ready"))
      let problems = try #require(run.output.components(separatedBy: "Not ready to edit:\n").last).split(separator: "\n")
      #expect(problems.count == 3, "\(problems)")
      for (problem, word) in zip(problems, ["text_encoder/config.json", "vae", "basis.safetensors"]) {
        #expect(
          problem.contains(word) && problem.hasSuffix(".") && problem.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil, "\(problem)")
      }
    }

    @Test(
      "isn't ready where edit would refuse the device or the folder",
      arguments: [["--device", "abacus"], ["--device", "cuda:99"], ["--model", "nowhere"]])
    func device(arguments: [String]) throws {
      let run = try Tool.run(["doctor"] + arguments)
      #expect(
        run.status != 0 && run.output.contains("Not ready to edit:") && run.output.contains(arguments[1]), "\(run.output)")
    }
  }

  @Suite("new-model and sheet") struct Making {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    @Test("a new model is written with progress and edits from any working directory")
    func newModel() throws {
      let made = try Tool.run(["new-model", "--preset", "tiny", "fresh", "--seed", "3"], in: folder.url)
      #expect(made.status == 0 && made.output == "fresh\n", "\(made.errors)")
      #expect(made.errorLines.contains("writing transformer") && made.errorLines.last == "writing done")
      let elsewhere = try TemporaryFolder()
      let run = try Tool.run(
        folder.edit(["--steps", "1", "-q", "--model", folder.path("fresh")], output: nil) + ["-o", "out.png"], in: elsewhere.url
      )
      #expect(run.status == 0 && run.output == "out.png\n", "\(run.errors)")
      #expect(try elsewhere.contents == ["out.png"])
    }

    @Test("a preset that isn't there, a folder that is, and a place that isn't are refused")
    func refusals() throws {
      try folder.expectRefusal(["new-model", "--preset", "huge", folder.path("new")], "\"huge\"", "kontext-dev, mini, tiny")
      try folder.expectRefusal(["new-model", "--preset", "tiny", folder.path("model")], "model", "already")
      try folder.expectRefusal(["new-model", "--preset", "tiny", folder.path("nowhere/new")], "nowhere")
    }

    #if os(Linux)
    @Test(
      "a disk too small for the model is refused before anything is written",
      .enabled(if: SmallDisk.isPossible, "mounting needs root"))
    func smallDisk() throws {
      let disk = SmallDisk(at: folder["disk"], bytes: 1 << 20)
      let run = try disk.run(["new-model", "--preset", "kontext-dev", folder.path("disk/new")], keeping: "note")
      #expect(run.files == ["note"] && run.kept == "old")
      expectSentence(run.tool, ["disk", "GB"])
    }
    #endif

    @Test("a sheet lays pictures out in rows, and refuses what doesn't make rows")
    func sheet() throws {
      let pictures = ["a.png", "a2.png", "b.png", "a.png"].map(folder.path)
      let run = try Tool.run(["sheet", "-o", folder.path("sheet.png"), "--height", "64"] + pictures)
      #expect(run.status == 0 && run.output == folder.path("sheet.png") + "\n", "\(run.errors)")
      #expect(try Picture(contentsOf: folder["sheet.png"]).width > 4 * 60)
      try folder.expectRefusal(["sheet", "-o", folder.path("out.png")] + pictures.dropLast(), "3")
      try folder.expectRefusal(["sheet", "-o", folder.path("sheet.gif")] + pictures, "sheet.gif")
      try folder.expectRefusal(["sheet", "-o", folder.path("nowhere/sheet.png")] + pictures, "nowhere")
      try folder.expectRefusal(["sheet", "-o", folder.path("out.png"), "--height", "0"] + pictures, "--height")
    }
  }
}
