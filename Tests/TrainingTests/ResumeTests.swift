import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBTestSupport
import Synchronization
import Testing

@testable import LoRWeBCommands

/// A whole program is killed, so nothing it holds in memory can help the next one: each run is `lorweb train` in a process of its
/// own, which kills itself where the test says.
@Suite("Resuming killed runs")
struct ResumeTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
  }

  /// Trains in that folder, going on from what is there; `watch` is told each change of its files, such as `synced masters.safetensors`,
  /// when it has happened.
  private static func train(
    in folder: String, _ name: String, steps: Int = 18, keep: Int = 2, watch: @escaping @Sendable (String) -> Void
  ) async throws {
    let settings = ["steps=\(steps)", "saveEvery=3", "keepLast=\(keep)", "batch=1", "basis.count=8", "basis.keyWidth=16"]
    let command = try TrainCommand.parse(
      [
        "--model", folder + "/model", "--output", folder + "/" + name, "--rehearse", "--resume", "--canvas", "64",
        "--text-tokens", "3", "--threads", "1", "--quiet",
      ] + settings.flatMap { ["--set", $0] })
    let observer: @Sendable (WritingWatch.Moment, String) -> Void = { moment, path in
      watch("\(moment) " + URL(filePath: path).lastPathComponent.replacing(/[0-9]+/, with: "N"))
    }
    try await WritingWatch.$observer.withValue(observer) { try await command.run() }
  }

  private func names(_ run: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: temporary[run].path).sorted()
  }

  private func checkpoints(_ run: String) throws -> [String] { try names(run).filter { $0.hasPrefix("step-") } }

  /// Fails unless every folder with a step's name holds what the run left alone has in it.
  private func expectWhole(_ run: String, _ place: String) throws {
    for step in try checkpoints(run) {
      let files = try FileManager.default.contentsOfDirectory(atPath: temporary["\(run)/\(step)"].path).sorted()
      #expect(files == ["basis.safetensors", "masters.safetensors", "optimiser.safetensors", "state.json"], "\(place)")
      for file in files where file != "state.json" {
        let (one, other) = (temporary["\(run)/\(step)/\(file)"], temporary["alone/\(step)/\(file)"])
        #expect(try Data(contentsOf: one) == Data(contentsOf: other), "\(file) of \(step), \(place)")
      }
    }
  }

  @Test("Killed at every moment of a checkpoint's writing, one after another, a run ends with the bytes of one left alone")
  func killed() async throws {
    let alone = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [folder = temporary.url.path as String] in
      try await Self.train(in: folder, "alone", keep: 99) { _ in }
      try await Self.train(in: folder, "counted") { print("moment:\($0)") }
    }
    let output = String(decoding: alone?.standardOutputContent ?? [], as: UTF8.self)
    var moments: [String] = []
    for line in output.split(separator: "\n") where line.hasPrefix("moment:") {
      let moment = String(line.dropFirst("moment:".count))
      if !moments.contains(moment) { moments.append(moment) }
    }
    let files = ["basis.safetensors", "masters.safetensors", "optimiser.safetensors", "state.json"]
    let expected =
      ["created step-N"] + files.flatMap { file in ["created", "appended", "synced", "renamed"].map { "\($0) \(file)" } }
      + ["renamed step-N", "hidden step-N", "removed step-N"]
    try #require(expected.allSatisfy(moments.contains), "\(moments)")

    // The first leaves a whole checkpoint, beside which the others die.
    for moment in ["renamed step-N"] + expected {
      await #expect(processExitsWith: .signal(SIGKILL), "\(moment)") {
        [folder = temporary.url.path as String, moment = moment as String] in
        try await Self.train(in: folder, "killed") { if $0 == moment { kill(getpid(), SIGKILL) } }
      }
      try expectWhole("killed", moment)
      let isHalf = try names("killed").contains { $0.hasPrefix(".step-") }
      #expect(isHalf == !["renamed step-N", "removed step-N"].contains(moment), "\(moment)")
    }
    await #expect(processExitsWith: .success) { [folder = temporary.url.path as String] in
      try await Self.train(in: folder, "killed") { _ in }
    }
    #expect(try checkpoints("killed") == ["step-000000015", "step-000000018"])
    try expectWhole("killed", "at the end")
    #expect(try names("killed").allSatisfy { !$0.hasPrefix(".") })
  }

  @Test("Ctrl-C ends a run with a checkpoint of the last step done", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    await #expect(processExitsWith: .success) { [folder = temporary.url.path as String, signal = signal as Int32] in
      // Days of steps, so that only the signal can end them; one signal, since a second ends the process at once.
      let isSent = Mutex(false)
      try await Self.train(in: folder, "stopped", steps: 100_000_000) { moment in
        guard moment == "renamed step-N" else { return }
        let isFirst = isSent.withLock { isSent in
          defer { isSent = true }
          return !isSent
        }
        if isFirst { kill(getpid(), signal) }
      }
    }
    let last = try #require(try checkpoints("stopped").last)
    let state = try String(contentsOf: temporary["stopped/\(last)/state.json"], encoding: .utf8)
    #expect(state.contains("\"step\" : \(Int(last.suffix(9)) ?? -1)"))
    #expect(try names("stopped").allSatisfy { !$0.hasSuffix(".partial") })
  }
}
