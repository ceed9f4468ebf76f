import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import Testing

@Suite("Folders that appear whole")
struct AtomicFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Until the body is done there is nothing at the place, then everything, and the body's value is given back")
  func whole() throws {
    let place = folder.url.appending(path: "above/new", directoryHint: .isDirectory)
    let value = try AtomicFolder.write(to: place) { scratch in
      try Data("one".utf8).write(to: scratch.appending(path: "file"))
      #expect(!FileManager.default.fileExists(atPath: place.path))
      #expect(scratch.lastPathComponent.hasPrefix(".new.") && scratch.deletingLastPathComponent().lastPathComponent == "above")
      return 3
    }
    #expect(value == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder["above"].path) == ["new"])
    #expect(try Data(contentsOf: folder["above/new/file"]) == Data("one".utf8))
  }

  @Test("An error and a cancellation leave nothing behind", arguments: [true, false])
  func failure(isCancelled: Bool) throws {
    struct Broken: Error {}
    #expect(throws: (any Error).self) {
      try AtomicFolder.write(to: folder["new"]) { scratch in
        try Data("half".utf8).write(to: scratch.appending(path: "file"))
        throw isCancelled ? CancellationError() : Broken() as any Error
      }
    }
    #expect(try folder.contents == [])
  }

  @Test("What is at the place already stays, also an empty folder that came there meanwhile")
  func taken() throws {
    try Data("old".utf8).write(to: folder["old"])
    #expect(throws: CheckpointError.self) {
      try AtomicFolder.write(to: folder["old"]) { _ in Issue.record("something was made for a place that is taken") }
    }
    #expect(throws: CheckpointError.self) {
      try AtomicFolder.write(to: folder["new"]) { scratch in
        try Data().write(to: scratch.appending(path: "file"))
        try FileManager.default.createDirectory(at: folder["new"], withIntermediateDirectories: false)
      }
    }
    #expect(try folder.contents == ["new", "old"] && Data(contentsOf: folder["old"]) == Data("old".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder["new"].path) == [])
  }

  @Test("A place below a file is refused in a sentence")
  func impossible() throws {
    try Data().write(to: folder["file"])
    let error = #expect(throws: CheckpointError.self) { try AtomicFolder.write(to: folder["file/new"]) { _ in } }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("file/new") && text.hasSuffix("."), "\(text)")
    #expect(try folder.contents == ["file"])
  }
}
