import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("pretrain, and data paint") struct Pretrain {
    private static let material = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "AnalogyDataTests/Fixtures/material").path(percentEncoded: false)
    private let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      #expect(try Tool.run(["new-model", folder.path("model"), "--preset", "tiny", "--quiet"]).status == 0)
    }

    private func pretrain(_ stage: String, _ arguments: [String], _ settings: [String]) throws -> Tool.Run {
      try Tool.run(
        ["pretrain", stage, "--threads", "1", "--quiet"] + arguments + settings.flatMap { ["--set", $0] }, in: folder.url)
    }

    @Test("the whole way from random weights to a basis that edits: autoencoder, CLIP, base, train on encoded pictures")
    func wholeWay() throws {
      let set = try Tool.run(
        [
          "data", "synthesize", "--tasks", "A3,A8", "--count", "8", "--size", "64", "--material", Self.material, "--out",
          folder.path("set"), "--quiet",
        ])
      #expect(set.status == 0, "\(set)")
      let autoencoder = try pretrain(
        "autoencoder",
        ["--from", "model", "--output", "autoencoder", "--pictures", "set/target", "--validation", "set/target"],
        [
          "steps=2", "autoencoder.perceptual=0", "autoencoder.side=64", "autoencoder.pieceSide=32", "autoencoder.pieces=2",
          "autoencoder.wholes=1",
        ])
      #expect(autoencoder.status == 0 && autoencoder.output.hasSuffix("autoencoder/model/\n"), "\(autoencoder)")
      let data = ["--data", "set", "--validation", "set"]
      let clip = try pretrain(
        "clip", ["--from", "autoencoder/model", "--output", "clip", "--data", "set"] + data,
        ["steps=2", "clip.analogies=4", "clip.neighbours=4"])
      #expect(clip.status == 0 && clip.output.hasSuffix("clip/model/\n"), "\(clip)")
      let base = try pretrain(
        "base", ["--from", "clip/model", "--output", "base", "--cache", "cache"] + data,
        ["steps=3", "base.singlesAtFirst=2", "base.canvasesFrom=0", "base.canvasShare=0.5", "base.measured=6"])
      #expect(base.status == 0 && base.output.hasSuffix("base/model/\n"), "\(base)")
      let metrics = try String(contentsOf: folder["base/metrics.jsonl"], encoding: .utf8)
      #expect(metrics.contains("\"error\"") && metrics.contains("\"canvas\""), "\(metrics)")
      let train = try Tool.run(
        [
          "train", "--model", "base/model", "--preset", "mini", "--data", "set", "--cache", "cache", "--output", "basis",
          "--threads", "1", "--quiet", "--set", "steps=2", "--set", "batch=2", "--set", "data.singlesBatch=2",
        ], in: folder.url)
      #expect(train.status == 0, "\(train)")
      // Both sets are one, and the basis is trained on what the base was: each of 32 pictures was encoded once.
      let kept = try cachedTensors().filter { $0.hasSuffix(".picture") }
      #expect(kept.count == 32 && Set(kept).count == 32, "\(kept)")
      try Picture.pattern(64, 64).write(to: folder["b.png"])
      let edit = try Tool.run(
        [
          "edit", "b.png", "b.png", "b.png", "-o", "out.png", "--model", "base/model", "--basis",
          "basis/step-000000002/basis.safetensors", "--quiet",
        ], in: folder.url)
      #expect(edit.status == 0, "\(edit)")
    }

    /// Names of all tensors in the cache's files, as their headers have them.
    private func cachedTensors() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder.path("cache")).flatMap { name in
        let data = try Data(contentsOf: folder["cache/\(name)"])
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header = try JSONSerialization.jsonObject(with: data[8..<8 + length]) as? [String: Any]
        return Array(try #require(header).keys)
      }
    }

    @Test("hidden files count as little here as in a set; a picture that isn't read is named, and no folder is left")
    func folders() throws {
      try FileManager.default.createDirectory(at: folder["photos"], withIntermediateDirectories: false)
      for number in 0..<3 { try Picture.pattern(64, 64, shift: 9 * number).write(to: folder["photos/\(number).jpg"]) }
      for name in ["._0.jpg", ".DS_Store", "Thumbs.db"] { try Data([0, 5, 22, 7]).write(to: folder["photos/\(name)"]) }
      let settings = [
        "steps=1", "autoencoder.perceptual=0", "autoencoder.side=64", "autoencoder.pieceSide=32", "autoencoder.pieces=2",
        "autoencoder.wholes=1",
      ]
      func run(_ output: String) throws -> Tool.Run {
        try pretrain(
          "autoencoder", ["--from", "model", "--output", output, "--pictures", "photos", "--validation", "photos"], settings)
      }
      #expect(try run("run").status == 0)
      expectSentence(try run("photos/run"), ["photos/run", "which is read"])
      try Data([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0]).write(to: folder["photos/3.tif"])
      expectSentence(try run("other"), ["3.tif", "TIFF"])
      let set = try pretrain(
        "clip", ["--from", "model", "--data", "photos", "--validation", "photos", "--output", "other"], [])
      expectSentence(set, ["photos"])
      #expect(!FileManager.default.fileExists(atPath: folder.path("other")))
    }

    @Test("what can't be trained is refused in a sentence, and nothing is left")
    func refused() throws {
      let no = try pretrain("autoencoder", ["--from", "model", "--output", "run"], [])
      #expect(no.status != 0 && no.errors.contains("--material, or --pictures and --validation"), "\(no)")
      let missing = try pretrain("clip", ["--from", "nowhere", "--data", "a", "--validation", "b", "--output", "run"], [])
      expectSentence(missing, ["nowhere"])
      let setting = try pretrain(
        "base", ["--from", "model", "--data", "a", "--validation", "b", "--output", "run"], ["base.identity=2"])
      expectSentence(setting, ["base.identity", "is 2"])
      let narrow = try pretrain(
        "autoencoder", ["--from", "model", "--material", Self.material, "--output", "run"],
        ["autoencoder.start=linear", "autoencoder.perceptual=0"])
      expectSentence(narrow, ["norm_num_groups 8"])
    }

    @Test("a task is done to a picture of one's own; one that needs objects is refused")
    func paint() throws {
      try Picture.pattern(100, 70).write(to: folder["photo.png"])
      let run = try Tool.run(
        ["data", "paint", "photo.png", "--task", "negative", "--before", "a.png", "--after", "a2.png"], in: folder.url)
      #expect(run.status == 0 && run.output == "turn it into a negative\n", "\(run)")
      let (before, after) = try (Picture(contentsOf: folder["a.png"]), Picture(contentsOf: folder["a2.png"]))
      #expect(before.size == PictureSize(width: 64, height: 64) && after.size == before.size)
      #expect(zip(before.pixels, after.pixels).allSatisfy { abs(Int($0) + Int($1) - 255) <= 1 })
      expectSentence(
        try Tool.run(["data", "paint", "photo.png", "--task", "hat", "--after", "x.png"], in: folder.url), ["E1", "objects"])
      expectSentence(
        try Tool.run(["data", "paint", "photo.png", "--task", "no such", "--after", "x.png"], in: folder.url), ["no such"])
      #expect(try !folder.contents.contains("x.png"))
    }
  }
}
