import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import LoRWeBTorch
import Synchronization
import Testing

/// The built executable, run as users run it.
enum Tool {
  /// What a run left behind.
  struct Run {
    let status: Int32
    let output: String
    let errors: String
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
    func json() throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any], "\(output)")
    }
  }

  /// Names the bundle that the tests are built into; the executable lies beside it.
  private final class Anchor {}

  static func url() throws -> URL {
    let folders = [Bundle.main.executableURL, Bundle(for: Anchor.self).bundleURL].compactMap { $0?.deletingLastPathComponent() }
    let candidates = folders.map { $0.appending(path: "lorweb") }
    return try #require(
      candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }, "lorweb is not built beside the tests")
  }

  /// Runs the tool to its end.
  static func run(_ arguments: [String], in folder: URL? = nil) throws -> Run {
    try run(executable: url(), arguments, in: folder)
  }

  /// Runs any program to its end.
  static func run(executable: URL, _ arguments: [String], in folder: URL? = nil) throws -> Run {
    let running = try Running(executable, arguments, in: folder)
    return try running.wait()
  }
}

/// A run that goes on while the test looks.
final class Running {
  let process = Process()
  private let scratch: TemporaryFolder

  init(_ executable: URL, _ arguments: [String], in folder: URL? = nil) throws {
    scratch = try TemporaryFolder()
    process.executableURL = executable
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    for name in ["output", "errors"] { try Data().write(to: scratch[name]) }
    process.standardOutput = try FileHandle(forWritingTo: scratch["output"])
    process.standardError = try FileHandle(forWritingTo: scratch["errors"])
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  private func text(_ name: String) throws -> String { String(decoding: try Data(contentsOf: scratch[name]), as: UTF8.self) }

  /// Waits until standard error has the text, as long as the run goes on.
  func waitForErrors(containing words: String) throws {
    var isRunning = true
    while isRunning {
      isRunning = process.isRunning
      if try text("errors").contains(words) { return }
      usleep(50_000)
    }
    try Issue.record("never said \(words): \(text("errors"))")
  }

  func wait() throws -> Tool.Run {
    process.waitUntilExit()
    #expect(process.terminationReason == .exit, "ended by signal \(process.terminationStatus)")
    return Tool.Run(status: process.terminationStatus, output: try text("output"), errors: try text("errors"))
  }
}

/// What sends this process a signal when an operator is called for the n-th time, and holds the work there until the signal is
/// taken: however fast or slow the machine is, it comes in the middle of the same work.
func signalling(
  _ signal: Int32, atCall number: Int, of operation: String, until isTaken: @escaping @Sendable () -> Bool
) -> @Sendable (String) -> Void {
  let calls = Mutex(0)
  return { name in
    guard name == operation,
      calls.withLock({
        $0 += 1; return $0
      }) == number
    else { return }
    kill(getpid(), signal)
    while !isTaken() { sched_yield() }
  }
}

/// What a process of a test's own left on standard output and standard error.
func texts(of run: ExitTest.Result?) throws -> (output: String, errors: String) {
  let run = try #require(run)
  return (String(decoding: run.standardOutputContent, as: UTF8.self), String(decoding: run.standardErrorContent, as: UTF8.self))
}

/// A folder with three pictures and a model to break: `a.png`, `a2.png`, `b.png` and, if asked for, `model`.
enum Workplace {
  /// The embedded model's own files, in the source tree.
  static let embedded = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/LoRWeB/Embedded/mini")

  /// Made once, copied for each test, removed when the process ends.
  private static let original: URL = {
    let url = FileManager.default.temporaryDirectory.appending(path: "commands-model-\(UUID().uuidString)")
    atexit { try? FileManager.default.removeItem(at: Workplace.original) }
    return url
  }()
  private static let made = Result { try Tool.run(["new-model", "--preset", "tiny", "--quiet", original.path]) }

  static func make() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let run = try made.get()
    #expect(run.status == 0 && run.output == original.path + "\n" && run.errors == "", "\(run.errors)")
    try FileManager.default.copyItem(at: original, to: folder["model"])
    for (name, size, shift) in [("a", 40, 0), ("a2", 40, 80), ("b", 50, 10)] {
      try Picture.pattern(size, 40, shift: shift).write(to: folder["\(name).png"])
    }
    return folder
  }
}

extension Picture {
  /// A picture with something to see in it.
  static func pattern(_ width: Int, _ height: Int, shift: Int = 0) throws -> Picture {
    let pixels = (0..<width * height).flatMap { index -> [UInt8] in
      let (x, y) = (index % width, index / width)
      return [
        UInt8(truncatingIfNeeded: 3 * x + shift), UInt8(truncatingIfNeeded: 5 * y),
        UInt8(truncatingIfNeeded: x * y / 8 + 2 * shift),
      ]
    }
    return try Picture(width: width, height: height, pixels: pixels)
  }
}

extension TemporaryFolder {
  /// The arguments of an edit of this folder's pictures with its model, the painting merely enlarged to be quick.
  func edit(_ more: [String] = [], a: String = "a.png", b: String = "b.png", output: String? = "out.png") -> [String] {
    ["edit", path(a), path("a2.png"), path(b), "--model", path("model"), "--details", "model"]
      + (output.map { ["-o", path($0)] } ?? []) + more
  }

  /// Runs the tool, which must refuse in one clear sentence, change no file here and leave none behind.
  @discardableResult
  func expectRefusal(
    _ arguments: [String], _ words: String..., location: SourceLocation = #_sourceLocation
  ) throws -> Tool.Run {
    try Data("old".utf8).write(to: self["out.png"])
    let before = try contents
    let run = try Tool.run(arguments)
    expectSentence(run, words, location: location)
    #expect(try contents == before, "files were left behind", sourceLocation: location)
    #expect(try String(contentsOf: self["out.png"], encoding: .utf8) == "old", sourceLocation: location)
    return run
  }
}

/// Fails unless a run ended with an error of one clear sentence on standard error.
func expectSentence(_ run: Tool.Run, _ words: [String], location: SourceLocation = #_sourceLocation) {
  #expect(run.status != 0 && run.output == "", "\(run)", sourceLocation: location)
  let said = run.errorLines.filter { $0.hasPrefix("Error: ") }
  let text = said.first ?? ""
  #expect(said.count == 1, "\(run.errors)", sourceLocation: location)
  for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
  #expect(text.hasSuffix("."), "\(text)", sourceLocation: location)
  #expect(text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil, "two sentences: \(text)", sourceLocation: location)
  #expect(
    run.errors.firstMatch(of: /[A-Z][A-Za-z]+Error\b|Optional\(|Swift\.|LoRWeB[A-Z]|Fatal error|Stack dump|Domain=|frame #/)
      == nil,
    "words of the program: \(run.errors)", sourceLocation: location)
}

/// Every suite of this file's target, one process at a time.
@Suite("The lorweb tool", .serialized) struct CommandTests {}
