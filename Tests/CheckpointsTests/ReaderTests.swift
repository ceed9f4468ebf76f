import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Safetensors reader")
struct ReaderTests {
  private func pointer(_ tensor: Tensor) -> UnsafeRawPointer? { tensor.withUnsafeBytes(\.baseAddress) }

  @Test("A tensor is the map itself, not a copy")
  func zeroCopy() throws {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter()
    writer.add("w", try withTorchErrors { counting([3, 5], .bfloat16) })
    writer.add("v", try withTorchErrors { counting([7]) })
    try writer.write(to: folder["w.safetensors"])
    let file = try SafetensorsFile(folder["w.safetensors"])
    for name in file.names {
      let tensor = try file.tensor(name)
      try file.withUnsafeBytes(of: name) { #expect(pointer(tensor) == $0.baseAddress) }
      #expect(pointer(try file.tensor(name)) == pointer(tensor))
    }
  }

  @Test("A view outlives the tensor, the file object and the file")
  func outlives() throws {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter()
    writer.add("w", try withTorchErrors { counting([100, 100]) })
    try writer.write(to: folder["w.safetensors"])
    func row() throws -> Tensor {
      let file = try SafetensorsFile(folder["w.safetensors"])
      return try withTorchErrors { try file.tensor("w").narrowed(0, from: 99, count: 1) }
    }
    let last = try row()
    try FileManager.default.removeItem(at: folder["w.safetensors"])
    #expect(try withTorchErrors { last.array(of: Float.self) } == (9900..<10000).map(Float.init))
  }

  @Test("Changing a tensor in place changes memory, not the file")
  func inPlace() throws {
    let folder = try TemporaryFolder()
    var writer = SafetensorsWriter()
    writer.add("w", try withTorchErrors { counting([4]) })
    try writer.write(to: folder["w.safetensors"])
    let before = try Data(contentsOf: folder["w.safetensors"])
    let file = try SafetensorsFile(folder["w.safetensors"])
    let tensor = try file.tensor("w")
    _ = try withTorchErrors { tensor.copyInPlace(.full([], 9)) }
    #expect(try withTorchErrors { try file.tensor("w").array(of: Float.self) } == [9, 9, 9, 9])
    #expect(try Data(contentsOf: folder["w.safetensors"]) == before)
  }

  @Test("An unknown name is an error that names it and the file")
  func unknownName() throws {
    let file = try SafetensorsFile(fixtures.appending(path: "Odd/scalar.safetensors"))
    let error = try #require(checkpointError { _ = try file.tensor("b") })
    #expect(error.kind == .noSuchTensor && error.file == file.url.path && error.problem.contains("\"b\""))
    expectSentence(error, naming: "scalar.safetensors")
  }

  /// A file of one bf16 tensor whose data is a hole in the file system: `size` bytes that take no disk.
  private static func sparse(_ size: Int, in folder: TemporaryFolder) throws -> URL {
    var json = #"{"w":{"dtype":"BF16","shape":[\#(size / 2)],"data_offsets":[0,\#(size)]}}"#
    json += String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
    let url = try folder.write(safetensors(json), to: "sparse.safetensors")
    try #require(truncate(url.path, off_t(8 + json.utf8.count + size)) == 0)
    return url
  }

  #if os(Linux)
  @Test("A file of 2 GB opens without its data being read or taking memory, its tensor's end can be read")
  func sparseFile() async {
    // In a process of its own, in which nobody else reads or takes memory.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      let size = 2 << 30
      let url = try Self.sparse(size, in: folder)
      let before = (read: try bytes("rchar:", of: "io"), most: try bytes("VmHWM:", of: "status") * 1024)
      let file = try SafetensorsFile(url)
      let tensor = try file.tensor("w")
      #expect(tensor.shape == [size / 2])
      #expect(tensor.withUnsafeBytes { $0.last } == 0)
      let after = (read: try bytes("rchar:", of: "io"), most: try bytes("VmHWM:", of: "status") * 1024)
      #expect(after.read - before.read < 1 << 20 && after.most - before.most < 16 << 20, "\(before), then \(after)")
    }
  }
  #endif

  @Test("A file larger than the machine's memory can be mapped")
  func largerThanMemory() throws {
    let folder = try TemporaryFolder()
    let size = Int(ProcessInfo.processInfo.physicalMemory) * 2
    let tensor = try SafetensorsFile(try Self.sparse(size, in: folder)).tensor("w")
    #expect(tensor.shape == [size / 2])
  }
}

/// A number of Linux's own book-keeping on this process.
private func bytes(_ name: String, of file: String) throws -> Int {
  let lines = try String(contentsOfFile: "/proc/self/\(file)", encoding: .utf8).split(separator: "\n")
  let number = lines.first { $0.hasPrefix(name) }?.split(whereSeparator: \.isWhitespace).dropFirst().first
  return try #require(number.flatMap { Int($0) })
}
