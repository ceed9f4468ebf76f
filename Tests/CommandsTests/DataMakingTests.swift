import Foundation
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("data material and synthesize") struct DataMaking {
    private static let material = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "AnalogyDataTests/Fixtures/material")
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A program of that name in place of Debian's. Another process writes it: a file can't be run while it is open for writing,
    /// and what other tests start from this process at that moment would have it open for a while.
    private func pretend(_ name: String, _ script: String) throws {
      try FileManager.default.createDirectory(at: folder["programs"], withIntermediateDirectories: true)
      let program = folder.path("programs/\(name)")
      let write = #"printf '#!/bin/sh\n%s\n' "$2" > "$1" && chmod 755 "$1""#
      #expect(try Tool.run(executable: URL(filePath: "/bin/sh"), ["-c", write, "sh", program, script]).status == 0)
    }

    private func gathering() throws -> [String] {
      ["PATH=\(folder.path("programs")):/usr/bin:/bin", try Tool.url().path, "data", "material", "--out", folder.path("made")]
    }

    @Test("a download that hangs ends at once when it is interrupted, and leaves nothing", arguments: [SIGINT, SIGTERM])
    func hangingDownload(signal: Int32) throws {
      // It never ends by itself: that the run ends at all is what was to be shown.
      try pretend("apt-get", "exec tail -f /dev/null")
      let running = try Running(URL(filePath: "/usr/bin/env"), gathering())
      try running.waitForErrors(containing: "fetching")
      kill(running.process.processIdentifier, signal)
      let run = try running.wait()
      #expect(run.status == 130 && run.output == "" && run.errors.contains("nothing was written"), "\(run)")
      #expect(try folder.contents == ["programs"])
    }

    @Test("what apt-get complains of is said in a sentence")
    func noPackage() throws {
      try pretend("apt-get", "echo 'E: Unable to locate package' >&2; exit 100")
      let run = try Tool.run(executable: URL(filePath: "/usr/bin/env"), gathering() + ["--quiet"])
      expectSentence(run, ["gcompris-qt-data", "Unable to locate package", "apt-get update"])
      #expect(try folder.contents == ["programs"])
    }

    #if os(Linux)
    @Test(
      "a set that the disk has no room for is refused in a sentence, and nothing of it stays",
      .enabled(if: SmallDisk.isPossible, "mounting needs root"))
    func smallDisk() throws {
      let disk = SmallDisk(at: folder["disk"], bytes: 1 << 17)
      let run = try disk.run(
        [
          "data", "synthesize", "--tasks", "A1", "--count", "20", "--size", "64", "--material", Self.material.path, "--out",
          folder.path("disk/set"), "--quiet",
        ], keeping: "note")
      #expect(run.files == ["note"])
      expectSentence(run.tool, ["disk/set", "disk is full"])
    }
    #endif
  }
}
