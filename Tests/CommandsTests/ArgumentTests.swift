import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("arguments and outputs") struct Arguments {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    /// Arguments that are right but for the negative number at their end.
    private static let negative: [([String], String)] = [
      (["edit", "a.png", "a2.png", "b.png", "-o", "x.png", "--seed", "-1"], "--seed must be 0 or more, found -1"),
      (["edit", "a.png", "a2.png", "b.png", "-o", "x.png", "--steps", "-1"], "--steps must be from 1 to 1000, found -1"),
      (
        ["edit", "a.png", "a2.png", "b.png", "-o", "x.png", "--guidance", "-0.5"],
        "--guidance must be from 0 to 100, found -0.5"
      ),
      (
        ["edit", "a.png", "a2.png", "b.png", "-o", "x.png", "--strength", "-11"], "--strength must be from -10 to 10, found -11"
      ),
      (["new-model", "x", "--preset", "tiny", "--seed", "-7"], "--seed must be 0 or more, found -7"),
      (["sheet", "-o", "x.png", "a.png", "--columns", "-1"], "--columns must be from 1 to 64, found -1"),
      (["sheet", "-o", "x.png", "a.png", "--columns", "1", "--height", "-1"], "--height must be from 16 to 2048, found -1"),
      (["evaluate", "--suite", "x", "--output", "y", "--limit", "-1"], "--limit must be 1 or more, found -1"),
      (["evaluate", "--suite", "x", "--output", "y", "--steps", "-1"], "--steps must be from 1 to 1000, found -1"),
      (["evaluate", "--suite", "x", "--output", "y", "--rows", "-1"], "--rows must be from 1 to 500, found -1"),
      (
        ["train", "--model", "model", "--plan", "--canvas", "-32"],
        "--canvas must be from 1 to 4096, found -32"
      ),
      (["train", "--model", "model", "--plan", "--text-tokens", "-1"], "--text-tokens must be from 1 to 4096, found -1"),
      (["train", "--model", "model", "--plan", "--threads", "-1"], "--threads must be 1 or more, found -1"),
      (["train", "--model", "model", "--plan", "--log-every", "-1"], "--log-every must be 1 or more, found -1"),
      (
        ["data", "suite", "--suite", "U0", "--material", "m", "-o", "x", "--count", "1", "--seed", "-1"],
        "--seed must be 0 or more"
      ),
      (
        ["data", "suite", "--suite", "U0", "--material", "m", "-o", "x", "--count", "-1"],
        "--count must be from 1 to 1000, found -1"
      ),
      (
        ["data", "synthesize", "--material", "m", "-o", "x", "--count", "1", "--seed", "-1"],
        "--seed must be 0 or more, found -1"
      ),
      (["data", "synthesize", "--material", "m", "-o", "x", "--count", "-1"], "--count must be from 1 to 10000000, found -1"),
      (["data", "synthesize", "--material", "m", "-o", "x", "--count", "1", "--size", "-8"], "--size must be a multiple of 8"),
      (["data", "sheet", "--material", "m", "-o", "x.png", "--columns", "-1"], "--columns must be from 1 to 64, found -1"),
      (["data", "sheet", "--material", "m", "-o", "x.png", "--quality", "-1"], "--quality must be from 1 to 100, found -1"),
      (
        ["data", "paint", "a.png", "--task", "B2", "--after", "x.png", "--variant", "-1"],
        "--variant must be from 0 to 999, found -1"
      ),
      (["data", "paint", "a.png", "--task", "B2", "--after", "x.png", "--quality", "-1"], "--quality must be from 1 to 100"),
      (["data", "paint", "a.png", "--task", "B2", "--after", "x.png", "--seed", "-1"], "--seed must be 0 or more, found -1"),
      (
        ["pretrain", "base", "--from", "model", "--data", "d", "--validation", "v", "--output", "x", "--threads", "-1"],
        "--threads must be 1 or more, found -1"
      ),
      (
        ["pretrain", "base", "--from", "model", "--data", "d", "--validation", "v", "--output", "x", "--log-every", "-1"],
        "--log-every must be 1 or more, found -1"
      ),
    ]

    @Test("a negative number behind an option is its value, and refused by the option's name and range", arguments: negative)
    func negativeNumbers(arguments: [String], words: String) throws {
      let run = try Tool.run(arguments, in: folder.url)
      #expect(run.status == 64 && run.errorLines.first?.hasPrefix("Error: \(words)") == true, "\(run.errors)")
      #expect(run.errorLines.first?.hasSuffix(".") == true, "\(run.errors)")
    }

    @Test("a name that is no UTF-8 is refused in one sentence, and nothing is written under another")
    func notUTF8() throws {
      let tool = try Tool.url().path
      for script in [
        "cp a.png \"$(printf 'caf\\351.png')\"; '\(tool)' sheet --columns 1 -o x.png \"$(printf 'caf\\351.png')\"",
        "'\(tool)' sheet --columns 1 -o \"$(printf 'caf\\351.png')\" a.png",
        "mkdir \"$(printf 'f\\351')\"; cp a.png f*/; cd f*/; '\(tool)' sheet --columns 1 -o x.png a.png",
      ] {
        let run = try Tool.run(executable: URL(filePath: "/bin/sh"), ["-c", script], in: folder.url)
        #expect(run.status == 64 && run.output == "", "\(run)")
        #expect(run.errorLines.first?.contains("\\xE9") == true && run.errors.contains("not UTF-8"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.path("x.png")))
      }
    }

    @Test("a sheet tells which JPEG has lost pixels and shows what is left")
    func damagedOnSheet() throws {
      let jpeg = try Picture.pattern(64, 64).encoded(as: .jpeg, PictureWriting(quality: 60))
      try (jpeg.dropLast(60) + Data([0xFF, 0xD9])).write(to: folder["cut.jpg"])
      let run = try Tool.run(["sheet", "--columns", "2", "-o", "sheet.png", "a.png", "cut.jpg"], in: folder.url)
      #expect(run.status == 0 && run.output == "sheet.png\n", "\(run)")
      #expect(run.errorLines.count == 1 && run.errors.hasPrefix("Warning: cut.jpg is a damaged"), "\(run.errors)")
      try jpeg.prefix(100).write(to: folder["head.jpg"])
      try folder.expectRefusal(["sheet", "--columns", "1", "-o", folder.path("out.png"), folder.path("head.jpg")], "head.jpg")
    }

    @Test("inspect goes by content: weights and pictures of any ending, a recipe saved as JSON, other formats by their names")
    func content() throws {
      try FileManager.default.copyItem(at: folder["model/basis.safetensors"], to: folder["basis.sft"])
      try FileManager.default.copyItem(at: folder["model/basis.safetensors"], to: folder["basis.png"])
      for name in ["basis.sft", "basis.png"] {
        #expect(try Tool.run(["inspect", folder.path(name)]).output.contains("LoRWeB basis \(name)"))
      }
      let edit = try Tool.run(folder.edit(["--steps", "1", "-q", "--json", "--seed", "41"], output: "out.jpg"))
      #expect(edit.status == 0, "\(edit.errors)")
      try Data(edit.output.utf8).write(to: folder["saved"])
      try FileManager.default.moveItem(at: folder["out.jpg"], to: folder["out.safetensors"])
      for name in ["saved", "out.safetensors"] {
        let run = try Tool.run(["inspect", folder.path(name)])
        #expect(run.output.contains("Recipe of \(name)") && run.output.contains(/seed +41/), "\(run)")
        #expect(!run.output.contains("changed since"), "\(run.output)")
      }
      try (Data("GGUF".utf8) + Data([3, 0, 0, 0])).write(to: folder["m.gguf"])
      try folder.expectRefusal(["inspect", folder.path("m.gguf")], "m.gguf", "GGUF")
      try (Data([0, 0, 0, 24]) + Data("ftypheic".utf8) + Data(count: 64)).write(to: folder["phone.bin"])
      try folder.expectRefusal(["inspect", folder.path("phone.bin")], "phone.bin", "HEI")
      try folder.expectRefusal(
        ["inspect", folder.path("nowhere.safetensors")], "nowhere.safetensors", "no such file or folder")
    }

    @Test("the recipe names files, model, machine and its own picture, equal edits give equal files, and a change is noticed")
    func recipe() throws {
      for name in ["1.png", "2.png"] {
        let run = try Tool.run(folder.edit(["--steps", "1", "-q"], output: name))
        #expect(run.status == 0, "\(run.errors)")
      }
      let (first, second) = try (Data(contentsOf: folder["1.png"]), Data(contentsOf: folder["2.png"]))
      #expect(first == second)
      let text = try #require(try PictureFile(first, named: "1.png").text()["lorweb"])
      let recipe = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      func sum(_ name: String) throws -> String {
        let run = try Tool.run(executable: URL(filePath: "/usr/bin/env"), ["sha256sum", folder.path(name)])
        return String(run.output.prefix(64))
      }
      let pictures = try #require(recipe["pictures"] as? [String: [String: Any]])
      for (key, name) in [("a", "a.png"), ("aPrime", "a2.png"), ("b", "b.png")] {
        #expect(try pictures[key]?["sha256"] as? String == sum(name) && pictures[key]?["of"] as? String == "file")
      }
      let files = try #require(recipe["files"] as? [String: [String: [String: Any]]])
      #expect(try files["basis"]?["basis.safetensors"]?["sha256"] as? String == sum("model/basis.safetensors"))
      #expect(files["encoder"]?.isEmpty == false && files["weights"]?.count == 4)
      #expect(files["weights"]?.values.allSatisfy { $0["of"] as? String == "header" } == true)
      let machine = try #require(recipe["machine"] as? [String: Any])
      #expect(machine["lorweb"] is String && machine["libtorch"] is String && (machine["threads"] as? Int ?? 0) > 0)
      let picture = try Picture(contentsOf: folder["1.png"])
      var pixels = picture.pixels
      pixels[0] ^= 1
      try Picture(width: picture.width, height: picture.height, pixels: pixels, alpha: picture.alpha)
        .write(to: folder["changed.png"], PictureWriting(text: ["lorweb": text]))
      #expect(try Tool.run(["inspect", folder.path("changed.png")]).output.contains("changed since"))
      #expect(try !Tool.run(["inspect", folder.path("1.png")]).output.contains("changed since"))
    }
  }
}
