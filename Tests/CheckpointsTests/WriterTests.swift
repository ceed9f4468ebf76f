import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Safetensors writer")
struct WriterTests {
  private let folder: TemporaryFolder
  private let target: URL

  init() throws {
    folder = try TemporaryFolder()
    target = folder["out.safetensors"]
  }

  /// A writer with one tensor.
  private func small() throws -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    writer.add("w", try withTorchErrors { counting([2, 2]) })
    return writer
  }

  @Test("What is written is read back: names, shapes, dtypes, bytes, metadata in order")
  func roundTrip() throws {
    var writer = SafetensorsWriter(metadata: ["z": "1", "a": "ä\"\\\n\u{1}", "": ""])
    let tensors = try withTorchErrors {
      [
        "b": counting([2, 3], .bfloat16), "a": counting([], .int64), "none": counting([0, 4]),
        "transposed": counting([2, 3]).transposed(0, 1), "view": counting([10], .uint8).narrowed(0, from: 3, count: 4),
      ]
    }
    for (name, tensor) in tensors { writer.add(name, tensor) }
    try writer.write(to: target)
    let file = try SafetensorsFile(target)
    #expect(file.metadata == writer.metadata)
    #expect(file.names == ["a", "none", "transposed", "b", "view"])
    for (name, tensor) in tensors {
      let read = try file.tensor(name)
      #expect(read.shape == tensor.shape)
      #expect(read.dtype == tensor.dtype)
      #expect(read.bytes == (try withTorchErrors { tensor.contiguous().bytes }), "\(name)")
    }
    #expect(try writer.byteCount(for: target) == Data(contentsOf: target).count)
    #expect(try folder.contents == ["out.safetensors"])
  }

  @Test("No tensor and no metadata make an empty header of eight bytes")
  func empty() throws {
    try SafetensorsWriter().write(to: target)
    #expect(try Data(contentsOf: target) == Data(safetensors("{}      ")))
  }

  @Test("A file can be replaced by views of itself")
  func replaceItself() throws {
    try small().write(to: target)
    let file = try SafetensorsFile(target)
    var writer = SafetensorsWriter(metadata: ["new": "yes"])
    writer.add("w", try file.tensor("w"))
    writer.add("more", try file.tensor("w"))
    try writer.write(to: target)
    #expect(try SafetensorsFile(target).tensor("more").bytes == (try file.tensor("w").bytes))
  }

  @Test("Tensors made on the way are made one at a time, in the order of the data")
  func streaming() throws {
    final class Log { var made: [String] = [] }
    let log = Log()
    var writer = SafetensorsWriter()
    for (name, dtype) in [("x", DType.uint8), ("y", .float32), ("a", .uint8)] {
      writer.add(name, shape: [3], dtype: dtype) {
        log.made.append(name)
        return counting([3], dtype)
      }
    }
    try writer.write(to: target)
    #expect(log.made == ["y", "a", "x"])
  }

  @Test("A link is written through, the file keeps its place")
  func link() throws {
    let real = folder["real.safetensors"]
    try Data("old".utf8).write(to: real)
    try FileManager.default.createSymbolicLink(at: target, withDestinationURL: real)
    try small().write(to: target)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: target.path) == real.path)
    #expect(try SafetensorsFile(real).names == ["w"])
  }

  // MARK: What must fail

  /// Expects an error, an untouched old file and nothing new in the folder.
  private func expectFailure(_ write: () throws -> Void, location: SourceLocation = #_sourceLocation) throws -> CheckpointError
  {
    try Data("old".utf8).write(to: target)
    let thrown = checkpointError(write, location: location)
    let error = try #require(thrown, sourceLocation: location)
    expectSentence(error, naming: "out.safetensors", location: location)
    #expect(try folder.contents == ["out.safetensors"], sourceLocation: location)
    #expect(try Data(contentsOf: target) == Data("old".utf8), sourceLocation: location)
    return error
  }

  @Test("Names that can't stand in a file are refused before anything is written")
  func badNames() throws {
    for (names, expected) in [
      ([""], "found an empty one"), (["__metadata__"], "found \"__metadata__\", which the format keeps for itself"),
      (["a", "a"], "found \"a\" twice"),
    ] {
      var writer = SafetensorsWriter()
      for name in names { writer.add(name, try withTorchErrors { counting([1]) }) }
      #expect(try expectFailure { try writer.write(to: target) }.problem.contains(expected))
    }
  }

  @Test("Shapes no file can hold are refused")
  func badShapes() throws {
    for shape in [[-1], [1 << 62], [0, 1 << 62, 1 << 62]] {
      var writer = SafetensorsWriter()
      writer.add("w", shape: shape, dtype: .float32) { counting([1]) }
      let error = try expectFailure { try writer.write(to: target) }
      #expect(error.problem.contains("a size below 2^63 bytes for tensor \"w\", found shape \(shape)"))
    }
  }

  @Test("A header over the limit is refused")
  func longHeader() throws {
    let megabyte = String(repeating: "x", count: 1_000_000)
    let writer = SafetensorsWriter(metadata: [
      "long": String(repeating: megabyte, count: SafetensorsHeader.sizeLimit / 1_000_000)
    ])
    #expect(try expectFailure { try writer.write(to: target) }.problem.hasPrefix("the header may have"))
  }

  @Test("A tensor that isn't the announced one stops the writing and leaves nothing")
  func otherTensor() throws {
    for (made, words) in [
      (try withTorchErrors { counting([4]) }, "F32 [4]"), (try withTorchErrors { counting([3], .float16) }, "F16"),
    ] {
      var writer = try small()
      writer.add("z", shape: [3], dtype: .float32) { made }
      let error = try expectFailure { try writer.write(to: target) }
      #expect(error.kind == .notStorable)
      #expect(error.description.contains(words))
    }
  }

  @Test("An error while a tensor is made leaves nothing and is passed on")
  func failingTensor() throws {
    struct Broken: Error {}
    try Data("old".utf8).write(to: target)
    var writer = try small()
    writer.add("z", shape: [3], dtype: .float32) { throw Broken() }
    #expect(throws: Broken.self) { try writer.write(to: target) }
    #expect(try folder.contents == ["out.safetensors"])
    #expect(try Data(contentsOf: target) == Data("old".utf8))
  }

  @Test("A cancelled task writes nothing")
  func cancelled() async throws {
    let target = target
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      var writer = SafetensorsWriter()
      writer.add("w", shape: [1], dtype: .float32) { counting([1]) }
      try writer.write(to: target)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try folder.contents == [])
  }

  @Test("A file the disk can't hold is refused at once, with both sizes")
  func noSpace() throws {
    var writer = SafetensorsWriter()
    writer.add("w", shape: [1 << 60], dtype: .uint8) { counting([1], .uint8) }
    let error = try expectFailure { try writer.write(to: target) }
    let match = try #require(error.problem.firstMatch(of: /needs (\d+) bytes, the disk has (\d+) free/), "\(error)")
    let (needed, free) = try (#require(Int(match.1)), #require(Int(match.2)))
    #expect(error.kind == .noSpace && needed > 1 << 60 && free < needed)
  }

  @Test("A missing folder, a folder, a device and a folder that takes no files are refused")
  func badPlaces() throws {
    let writer = try small()
    let absent = folder["absent"].appending(path: "out.safetensors")
    let missing = try #require(checkpointError { try writer.write(to: absent) })
    #expect(missing.kind == .unwritable && missing.problem.contains("\(absent.deletingLastPathComponent().path) to write to"))
    #expect(checkpointError { try writer.write(to: folder.url) }?.kind == .notAFile)
    let device = URL(filePath: "/dev/null")
    #expect(checkpointError { try writer.write(to: device) }?.kind == .notAFile)
    #if os(Linux)
    let error = try #require(checkpointError { try writer.write(to: URL(filePath: "/proc/out.safetensors")) })
    #expect(error.kind == .unwritable)
    expectSentence(error, naming: "out.safetensors")
    #endif
  }
}
