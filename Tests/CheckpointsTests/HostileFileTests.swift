import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import Testing

@Suite("Hostile safetensors files")
struct HostileFileTests {
  static let folder = fixtures.appending(path: "Hostile", directoryHint: .isDirectory)

  @Test("Every hostile file is refused with its own error, in one sentence that names it", arguments: hostileFiles.map(\.file))
  func refused(file: String) throws {
    let expected = try #require(hostileFiles.first { $0.file == file })
    let name = "\(file).safetensors"
    let error = try #require(
      checkpointError { _ = try SafetensorsFile(Self.folder.appending(path: name, directoryHint: .notDirectory)) })
    #expect(error.kind == expected.kind, "\(error)")
    #expect(error.description.contains(expected.words), "\(error)")
    expectSentence(error, naming: name)
  }

  @Test("The table has every file of the folder once")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(files == hostileFiles.map { "\($0.file).safetensors" }.sorted())
    #expect(Set(hostileFiles.map(\.words)).count >= 80)
  }

  @Test("Nothing, a folder and a pipe are refused without waiting")
  func noFiles() throws {
    let folder = try TemporaryFolder()
    let pipe = folder["pipe.safetensors"]
    #expect(mkfifo(pipe.path, 0o600) == 0)
    let cases: [(URL, CheckpointError.Kind, String)] = [
      (folder["absent.safetensors"], .fileNotFound, "no such file"),
      (pipe.appending(path: "x.safetensors"), .fileNotFound, "no such file"),
      (folder.url, .notAFile, "found a folder"), (pipe, .notAFile, "found a pipe, socket or device"),
    ]
    for (url, kind, words) in cases {
      let error = try #require(checkpointError { _ = try SafetensorsFile(url) })
      #expect(error.kind == kind && error.file == url.path(percentEncoded: false) && error.problem.contains(words))
      expectSentence(error, naming: url.lastPathComponent)
    }
  }

  @Test("Pickles are refused by name, whatever is in them", arguments: ["bin", "pt", "pth", "ckpt", "PT"])
  func pickles(ending: String) throws {
    let folder = try TemporaryFolder()
    let url = try folder.write(safetensors("{}"), to: "pytorch_model.\(ending)")
    let error = try #require(checkpointError { _ = try SafetensorsFile(url) })
    #expect(error.kind == .foreignFormat && error.problem.hasPrefix("pickled weights are refused"))
    expectSentence(error, naming: url.lastPathComponent)
  }

  @Test("A hostile name can't break the sentence it is quoted in")
  func quoting() throws {
    let folder = try TemporaryFolder()
    let name = #"a\nAnother sentence. \u202eright to left\u0000"# + String(repeating: "n", count: 3000)
    let url = try folder.write(safetensors(#"{"\#(name)":[]}"#), to: "name.safetensors")
    let error = try #require(checkpointError { _ = try SafetensorsFile(url) })
    #expect(error.description.contains(#"a\u{a}Another sentence. \u{202e}right to left\u{0}nnn"#))
    #expect(error.description.count < 400)
  }

  @Test("Cutting a good file anywhere is an error")
  func truncation() throws {
    let folder = try TemporaryFolder()
    let whole = try Data(contentsOf: fixtures.appending(path: "Odd/metadata-last.safetensors"))
    for count in 0..<whole.count {
      let url = try folder.write(whole.prefix(count), to: "cut.safetensors")
      let error = try #require(checkpointError { _ = try SafetensorsFile(url) }, "cut to \(count) bytes")
      expectSentence(error, naming: "cut.safetensors")
    }
    #expect(throws: Never.self) { try SafetensorsFile(folder.write(whole, to: "cut.safetensors")) }
  }

  @Test("A header of the limit's length is read, one byte more is not")
  func headerLimit() throws {
    let folder = try TemporaryFolder()
    let limit = SafetensorsHeader.sizeLimit
    let url = folder["long.safetensors"]
    try Data(withUnsafeBytes(of: UInt64(limit).littleEndian, Array.init) + Array("{}".utf8)).write(to: url)
    #expect(truncate(url.path, off_t(8 + limit)) == 0)
    // The rest of the file are zero bytes, which are no white space.
    let error = try #require(checkpointError { _ = try SafetensorsFile(url) })
    #expect(error.problem.contains("white space after the JSON object, found byte 0x0 at offset 2"))
  }
}
