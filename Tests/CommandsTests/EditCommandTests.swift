import ArgumentParser
import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBCommands

extension CommandTests {
  @Suite("edit") struct Edit {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    @Test(
      "writes a PNG of b's size with its recipe, says its path and nothing else on standard output, and plain progress lines")
    func png() throws {
      let run = try Tool.run(folder.edit(["--seed", "7", "--steps", "3", "--prompt", "snow", "--details", "carry"]))
      #expect(run.status == 0 && run.output == folder.path("out.png") + "\n", "\(run)")
      #expect(try Picture(contentsOf: folder["out.png"]).size == PictureSize(width: 50, height: 40))
      let text = try #require(try PictureFile(contentsOf: folder["out.png"]).text()["lorweb"])
      let recipe = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(recipe["seed"] as? Int == 7 && recipe["steps"] as? Int == 3 && recipe["prompt"] as? String == "snow")
      for line in ["looking at the pictures", "sampling, step 1 of 3", "sampling, step 3 of 3", "decoding", "done"] {
        #expect(run.errorLines.filter { $0 == line }.count == 1, "\(run.errors)")
      }
      #expect(!run.errors.contains("\r") && !run.errors.contains("\u{1B}"), "no terminal, no control characters")
      #expect(try folder.contents == ["a.png", "a2.png", "b.png", "model", "out.png"])
    }

    @Test("writes JPEG and WebP with the recipe inside, and no other file", arguments: ["jpg", "webp"])
    func recipeInside(type: String) throws {
      try Data("notes of my own".utf8).write(to: folder["out.json"])
      let before = try folder.contents
      let run = try Tool.run(folder.edit(["--steps", "1", "-q", "--prompt", "<Öl> & 油"], output: "out.\(type)"))
      // The small vocabulary lacks some of these characters.
      #expect(run.status == 0 && run.errorLines.allSatisfy { $0.hasPrefix("Warning: ") }, "\(run.errors)")
      #expect(try Set(folder.contents) == Set(before + ["out.\(type)"]))
      #expect(try String(contentsOf: folder["out.json"], encoding: .utf8) == "notes of my own")
      #expect(try Picture(contentsOf: folder["out.\(type)"]).size == PictureSize(width: 50, height: 40))
      let inspected = try Tool.run(["inspect", folder.path("out.\(type)")])
      #expect(inspected.status == 0 && inspected.output.contains("<Öl> & 油"), "\(inspected.errors)")
    }

    @Test("two results of one stem each tell their own recipe")
    func ownRecipes() throws {
      for (seed, type) in [(1, "jpg"), (2, "webp"), (3, "png")] {
        let run = try Tool.run(folder.edit(["--steps", "1", "-q", "--seed", "\(seed)"], output: "r.\(type)"))
        #expect(run.status == 0, "\(run.errors)")
      }
      for (seed, type) in [(1, "jpg"), (2, "webp"), (3, "png")] {
        #expect(try Tool.run(["inspect", folder.path("r.\(type)")]).output.contains(Regex("seed +\(seed)\n")))
      }
    }

    @Test("says aloud, even when quiet, that a and a' are the same and that a picture is damaged, and says it in the recipe")
    func doubts() throws {
      let jpeg = try Picture.pattern(64, 64).encoded(as: .jpeg, PictureWriting(quality: 60))
      try (jpeg.dropLast(60) + Data([0xFF, 0xD9])).write(to: folder["cut.jpg"])
      let run = try Tool.run(
        ["edit", "cut.jpg", "cut.jpg", "b.png", "-o", "out.png", "--model", "model", "--steps", "1", "-q", "--json"],
        in: folder.url)
      #expect(run.status == 0, "\(run.errors)")
      let warnings = try #require(try run.json()["warnings"] as? [String])
      #expect(warnings.count == 3 && warnings[0].hasPrefix("cut.jpg is a damaged") && warnings[2].contains("the same picture"))
      #expect(run.errorLines == warnings.map { "Warning: \($0)" })
    }

    @Test("works with the embedded model and relative paths, and prints the recipe as JSON")
    func embedded() throws {
      let run = try Tool.run(
        ["edit", "a.png", "a2.png", "b.png", "-o", "out.png", "--steps", "1", "--json", "-q"], in: folder.url)
      #expect(run.status == 0, "\(run.errors)")
      #expect(try run.json()["model"] as? String == "embedded")
      #expect(try Picture(contentsOf: folder["out.png"]).size == PictureSize(width: 50, height: 40))
    }

    @Test("says aloud, even when quiet, that a strength of 0 changes nothing")
    func silent() throws {
      let run = try Tool.run(folder.edit(["--steps", "1", "--strength", "0", "-q"]))
      // Negative numbers need no equals sign.
      #expect(try Tool.run(folder.edit(["--steps", "1", "--strength", "-0.5", "-q"])).status == 0)
      #expect(run.status == 0 && run.errors.hasPrefix("Warning: ") && run.errors.contains("strength is 0"), "\(run.errors)")
    }

    @Test("refuses a missing, broken, disguised or absurd picture by its name")
    func pictures() throws {
      try folder.expectRefusal(folder.edit(b: "nowhere.png"), "nowhere.png", "no such file")
      try Data("I am a picture, honestly.".utf8).write(to: folder["text.png"])
      try folder.expectRefusal(folder.edit(a: "text.png"), "text.png")
      let png = try Data(contentsOf: folder["b.png"])
      try png.prefix(png.count / 2).write(to: folder["half.png"])
      try folder.expectRefusal(folder.edit(b: "half.png"), "half.png", "damaged")
      try (Data([0, 0, 0, 24]) + Data("ftypheic".utf8) + Data(repeating: 0, count: 64)).write(to: folder["phone.png"])
      try folder.expectRefusal(folder.edit(b: "phone.png"), "phone.png", "HEI")
      try Picture.pattern(900, 10).write(to: folder["long.png"])
      try folder.expectRefusal(folder.edit(b: "long.png"), "900×10", "crop")
      try folder.expectRefusal(folder.edit(b: "model"), "model", "folder")
    }

    @Test("refuses before any work an output that can't be written")
    func outputs() throws {
      try folder.expectRefusal(folder.edit(output: "nowhere/out.png"), "nowhere")
      try folder.expectRefusal(folder.edit(output: "out.tiff"), "out.tiff", ".webp")
      try folder.expectRefusal(folder.edit(output: "out"), ".png")
      try FileManager.default.createDirectory(at: folder["folder.png"], withIntermediateDirectories: false)
      try folder.expectRefusal(folder.edit(output: "folder.png"), "folder.png", "is a folder")
      let run = try folder.expectRefusal(folder.edit(output: "model/a.png/out.png"), "a.png")
      #expect(!run.errors.contains("looking at the pictures"))
    }

    @Test(
      "refuses numbers and names out of range",
      arguments: [
        (["--steps", "0"], "--steps"), (["--steps", "1001"], "--steps"), (["--strength", "nan"], "--strength"),
        (["--strength", "11"], "--strength"),
        (["--guidance", "-1"], "--guidance"), (["--seed", "-1"], "--seed must be 0 or more"), (["--steps", "-3"], "--steps"),
        (["--guidance", "inf"], "--guidance"), (["--device", "cuda:99"], "cuda:99"),
        (["--device", "abacus"], "abacus"),
      ])
    func numbers(arguments: [String], word: String) throws {
      try folder.expectRefusal(folder.edit(arguments), word)
    }

    @Test("refuses models, bases and encoders that don't fit, by name")
    func weights() throws {
      let base = Workplace.embedded.appending(path: "basis.safetensors")
      try folder.expectRefusal(folder.edit(["--basis", base.path]), "basis.safetensors", "transformer")
      try folder.expectRefusal(folder.edit(["--basis", folder.path("none.safetensors")]), "none.safetensors", "no such file")
      try Data(contentsOf: base).prefix(5000).write(to: folder["short.safetensors"])
      try folder.expectRefusal(folder.edit(["--basis", folder.path("short.safetensors")]), "short.safetensors")
      let lora = #"{"x.lora_down.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      try (withUnsafeBytes(of: UInt64(lora.utf8.count).littleEndian) { Data($0) } + Data(lora.utf8) + Data(count: 4))
        .write(to: folder["lora.safetensors"])
      try folder.expectRefusal(
        folder.edit(["--basis", folder.path("lora.safetensors")]), "lora.safetensors", "x.lora_down.weight")
      try folder.expectRefusal(folder.edit(["--basis-config", folder.path("none.yaml")]), "none.yaml")
      try FileManager.default.copyItem(at: Workplace.embedded.appending(path: "image_encoder"), to: folder["encoder"])
      try FileManager.default.copyItem(
        at: Workplace.embedded.appending(path: "feature_extractor/preprocessor_config.json"),
        to: folder["encoder/preprocessor_config.json"])
      try folder.expectRefusal(folder.edit(["--encoder", folder.path("encoder")]), "width 48", "width 16", "(--encoder)")
      try folder.expectRefusal(folder.edit(["--encoder", folder.path("nowhere")]), "nowhere", "(--encoder)")
    }

    @Test("refuses a model with a part missing, cut short or unreadable, by the part")
    func parts() throws {
      try FileManager.default.removeItem(at: folder["model/text_encoder"])
      try folder.expectRefusal(folder.edit(), "text_encoder")
      let weights = folder["model/transformer/diffusion_pytorch_model.safetensors"]
      try Data(contentsOf: weights).dropLast(10).write(to: weights)
      try folder.expectRefusal(folder.edit(), "transformer", "cut short")
      try Data("{".utf8).write(to: folder["model/model_index.json"])
      try folder.expectRefusal(folder.edit(), "model_index.json", "JSON")
      try FileManager.default.removeItem(at: folder["model"])
      try folder.expectRefusal(folder.edit(), "model", "not there")
    }

    @Test("stopped by Ctrl-C or SIGTERM ends with 130 and leaves nothing half-written", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
      try Data("old".utf8).write(to: folder["out.png"])
      let before = try folder.contents
      // The encoders and a step call attention a few times each, a thousand steps some thousand times.
      let run = await #expect(
        processExitsWith: .exitCode(130), observing: [\.standardOutputContent, \.standardErrorContent]
      ) { [arguments = Array(folder.edit(["--steps", "1000"]).dropFirst()) as [String], signal = signal as Int32] in
        let command = try EditCommand.parse(arguments)
        let observer = signalling(signal, atCall: 100, of: "aten::scaled_dot_product_attention") { Task.isCancelled }
        try await Op.$observer.withValue(observer) { try await command.run() }
      }
      let (output, errors) = try texts(of: run)
      #expect(!output.contains("out.png") && errors.contains("Interrupted; nothing was written."), "\(errors)")
      #expect(errors.contains("sampling, step 3 of 1000") && !errors.contains("decoding"), "\(errors)")
      #expect(try folder.contents == before)
      #expect(try String(contentsOf: folder["out.png"], encoding: .utf8) == "old")
    }

    #if os(Linux)
    @Test(
      "on a full disk leaves the old file and nothing else", .enabled(if: SmallDisk.isPossible, "mounting needs root"),
      arguments: ["png", "jpg"])
    func fullDisk(type: String) throws {
      let disk = SmallDisk(at: folder["disk"], bytes: 4096)
      let run = try disk.run(folder.edit(["--steps", "1", "-q"], output: "disk/out.\(type)"), keeping: "out.\(type)")
      #expect(run.files == ["out.\(type)"] && run.kept == "old", "\(run)")
      expectSentence(run.tool, ["out.\(type)", "disk is full"])
    }
    #endif
  }
}
