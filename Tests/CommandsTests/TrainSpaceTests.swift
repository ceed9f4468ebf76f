import ArgumentParser
import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBCommands

extension CommandTests {
  @Suite("train on a disk of its own, and when it is interrupted") struct TrainSpace {
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    /// The folder's pictures as a task of `count` pairs.
    private func makePairs(_ count: Int) throws {
      try FileManager.default.createDirectory(at: folder["data/task"], withIntermediateDirectories: true)
      for index in 0..<count {
        for (name, shift) in [("before", 0), ("after", 90)] {
          try Picture.pattern(40, 40, shift: 2 * index + shift).write(to: folder["data/task/\(index)-\(name).png"])
        }
      }
    }

    private func arguments(_ output: String, _ more: [String], _ settings: [String]) -> [String] {
      ["train", "--model", folder.path("model"), "--output", output, "--threads", "1"] + more
        + settings.flatMap { ["--set", $0] }
    }

    private func files(_ checkpoint: String) throws -> [String: Data] {
      Dictionary(
        uniqueKeysWithValues: try FileManager.default.contentsOfDirectory(atPath: folder.path(checkpoint)).map {
          ($0, try Data(contentsOf: folder["\(checkpoint)/\($0)"]))
        })
    }

    #if os(Linux)
    @Test(
      "stops in a sentence when the disk fills up, its last checkpoint whole, and goes on to the same bytes",
      .enabled(if: SmallDisk.isPossible, "mounting needs root"))
    func fullDisk() throws {
      let settings = ["steps=12", "saveEvery=3", "keepLast=9", "batch=1", "basis.count=8", "basis.keyWidth=16"]
      let rehearsal = ["--rehearse", "--resume", "--canvas", "64", "--text-tokens", "3", "--quiet"]
      let whole = try Tool.run(arguments(folder.path("whole"), rehearsal, settings))
      #expect(whole.status == 0, "\(whole)")
      let end = try files("whole/step-000000012")

      // Two checkpoints and a half.
      let disk = SmallDisk(at: folder["disk"], bytes: end.values.reduce(65536) { $0 + $1.count * 5 / 2 })
      let full = try disk.run(arguments(folder.path("disk/run"), rehearsal, settings), keeping: "note")
      expectSentence(full.tool, ["disk", "step-000000009"])
      let names = try FileManager.default.contentsOfDirectory(atPath: disk.left.appending(path: "run").path).sorted()
      #expect(names == ["metrics.jsonl", "report.html", "step-000000003", "step-000000006"])
      #expect(try files("disk.left/run/step-000000006") == files("whole/step-000000006"))

      let rest = try Tool.run(arguments(folder.path("disk.left/run"), rehearsal, settings))
      #expect(rest.status == 0, "\(rest)")
      #expect(try files("disk.left/run/step-000000012") == end)
    }

    @Test(
      "refuses before anything is encoded what the cache's disk has no room for",
      .enabled(if: SmallDisk.isPossible, "mounting needs root"))
    func smallCache() throws {
      try makePairs(20)
      let disk = SmallDisk(at: folder["disk"], bytes: 1 << 20)
      let run = try disk.run(
        arguments(
          folder.path("run"), ["--data", folder.path("data"), "--cache", folder.path("disk"), "--quiet"],
          ["steps=40", "batch=4", "data.captionDropout=0", "data.layout=plan", "data.canvasArea=65536"]), keeping: "note")
      expectSentence(run.tool, ["MB free", "cache", folder.path("disk")])
      #expect(run.files == ["note"])
    }
    #endif

    @Test(
      "keeps what is encoded and nothing half written when a signal comes before the first step",
      arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) async throws {
      try makePairs(24)
      let command = arguments(
        folder.path("run"), ["--data", folder.path("data")], ["steps=60", "batch=4", "data.layout=plan", "samples=0"])
      let run = await #expect(
        processExitsWith: .exitCode(130), observing: [\.standardOutputContent, \.standardErrorContent]
      ) { [command = command as [String], signal = signal as Int32] in
        try await Self.train(command, sending: signal, atConvolution: 100)
      }
      let (output, errors) = try texts(of: run)
      #expect(!output.contains("loss") && errors.contains("what was encoded is kept"), "\(errors)")
      #expect(errors.contains("pictures through the encoders: 3 of"), "\(errors)")
      let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path("run/features"))
      #expect(kept.count == 1 && kept.allSatisfy { $0.hasSuffix(".safetensors") && !$0.hasPrefix(".") }, "\(kept)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("run")) == ["features"])
      // What is there isn't encoded again.
      let again = await #expect(processExitsWith: .exitCode(130), observing: [\.standardErrorContent]) {
        [command = command as [String], signal = signal as Int32] in
        try await Self.train(command, sending: signal, atConvolution: 1)
      }
      let lines = try texts(of: again).errors.split(separator: "\n")
      let first = try #require(lines.first { $0.contains("pictures through the encoders: ") })
      #expect(!first.contains(": 1 of"), "\(first)")
    }

    /// Trains in this process and ends it as the tool would; the signal comes while a picture is in the autoencoder.
    private static func train(_ arguments: [String], sending signal: Int32, atConvolution number: Int) async throws {
      let command = try TrainCommand.parse(Array(arguments.dropFirst()))
      let observer = signalling(signal, atCall: number, of: "aten::conv2d") { Interruption.current?.isAsked ?? false }
      do {
        try await Op.$observer.withValue(observer) { try await command.run() }
      } catch {
        TrainCommand.exit(withError: error)
      }
    }
  }
}
