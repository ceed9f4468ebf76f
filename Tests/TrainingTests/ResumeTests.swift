import Foundation
import LoRWeB
import Testing

/// A whole program is killed, so nothing it holds in memory can help the next one.
@Suite("Resuming killed runs")
struct ResumeTests {
  private let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
  }

  private final class Anchor {}

  /// Starts the built tool, which lies beside the tests' bundle.
  private func start(_ name: String) throws -> Process {
    let folders = [Bundle.main.executableURL, Bundle(for: Anchor.self).bundleURL].compactMap { $0?.deletingLastPathComponent() }
    let tool = folders.map { $0.appending(path: "lorweb") }.first { FileManager.default.isExecutableFile(atPath: $0.path) }
    let settings = ["steps=18", "saveEvery=3", "keepLast=2", "batch=1", "basis.count=8", "basis.keyWidth=16"]
    let process = Process()
    process.executableURL = try #require(tool, "lorweb is not built beside the tests")
    process.arguments =
      [
        "train", "--model", temporary["model"].path, "--output", temporary[name].path, "--rehearse", "--resume", "--canvas",
        "64", "--text-tokens", "3", "--threads", "1", "--quiet",
      ] + settings.flatMap { ["--set", $0] }
    (process.standardOutput, process.standardInput) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    return process
  }

  private func names(_ run: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: temporary[run].path)) ?? []).sorted()
  }

  private func checkpoints(_ run: String) -> [String] { names(run).filter { $0.hasPrefix("step-") } }

  /// Kills the program once `condition` holds; false if it ended before.
  private func kill(_ process: Process, when condition: () -> Bool) -> Bool {
    while process.isRunning {
      guard condition() else { continue }
      Foundation.kill(process.processIdentifier, SIGKILL)
      break
    }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  @Test("Killed at random and inside the writing of a checkpoint, a run ends with the bytes of one left alone")
  func killed() throws {
    let alone = try start("alone")
    alone.waitUntilExit()
    #expect(alone.terminationStatus == 0)

    for _ in 0..<2 {
      let before = checkpoints("killed").last
      let wait = Double.random(in: 0...0.4)
      var since: Date?
      let wasKilled = kill(try start("killed")) {
        if since == nil, checkpoints("killed").last != before { since = Date() }
        usleep(1000)
        return since.map { Date().timeIntervalSince($0) > wait } ?? false
      }
      #expect(wasKilled, "it ended before it was killed, \(wait) s after a checkpoint")
    }
    var isHalf = false
    for _ in 0..<5 where !isHalf {
      _ = kill(try start("killed")) { names("killed").contains { $0.hasSuffix(".partial") } }
      isHalf = names("killed").contains { $0.hasSuffix(".partial") }
    }
    #expect(isHalf, "no run was killed inside a checkpoint's writing")

    let last = try start("killed")
    last.waitUntilExit()
    #expect(last.terminationStatus == 0)
    #expect(checkpoints("killed") == checkpoints("alone") && checkpoints("alone").last == "step-000000018")
    for file in ["masters", "optimiser", "basis"] {
      let path = "step-000000018/\(file).safetensors"
      #expect(try Data(contentsOf: temporary["killed/\(path)"]) == Data(contentsOf: temporary["alone/\(path)"]), "\(file)")
    }
  }

  @Test("Ctrl-C ends a run with a checkpoint of the last step done", arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) throws {
    let process = try start("stopped")
    while process.isRunning, checkpoints("stopped").isEmpty { usleep(1000) }
    Foundation.kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    let last = try #require(checkpoints("stopped").last)
    let state = try String(contentsOf: temporary["stopped/\(last)/state.json"], encoding: .utf8)
    let lines = try String(contentsOf: temporary["stopped/metrics.jsonl"], encoding: .utf8)
    #expect(state.contains("\"step\" : \(Int(last.suffix(9)) ?? -1)"))
    #expect(last != "step-000000018" && !lines.contains("\"step\":18"), "it wasn't stopped")
    #expect(names("stopped").allSatisfy { !$0.hasSuffix(".partial") })
  }
}
