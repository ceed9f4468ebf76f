import Foundation
import LoRWeBCheckpoints
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
    _ = try withTorchErrors { tensor.fillInPlace(9) }
    #expect(try withTorchErrors { try file.tensor("w").array(of: Float.self) } == [9, 9, 9, 9])
    #expect(try Data(contentsOf: folder["w.safetensors"]) == before)
  }

  @Test("An unknown name is an error that names it and the file")
  func unknownName() throws {
    let file = try SafetensorsFile(fixtures.appending(path: "Odd/scalar.safetensors"))
    let error = try #require(checkpointError { _ = try file.tensor("b") })
    #expect(error == .noSuchTensor(file: file.url.path, name: "b"))
    expectSentence(error, naming: "scalar.safetensors")
  }

  /// A file of one bf16 tensor whose data is a hole in the file system: `size` bytes that take no disk.
  private func sparse(_ size: Int, in folder: TemporaryFolder) throws -> URL {
    var json = #"{"w":{"dtype":"BF16","shape":[\#(size / 2)],"data_offsets":[0,\#(size)]}}"#
    json += String(repeating: " ", count: (8 - json.utf8.count % 8) % 8)
    let url = try folder.write(safetensors(json), to: "sparse.safetensors")
    try #require(truncate(url.path, off_t(8 + json.utf8.count + size)) == 0)
    return url
  }

  @Test("A file of 2 GB opens in no time and no memory, its tensor's end can be read")
  func sparseFile() throws {
    let folder = try TemporaryFolder()
    let size = 2 << 30
    let url = try sparse(size, in: folder)
    let residentBefore = residentBytes()
    var file: SafetensorsFile?
    var tensor: Tensor?
    let duration = try ContinuousClock().measure {
      file = try SafetensorsFile(url)
      tensor = try file?.tensor("w")
    }
    let grown = residentBytes() - residentBefore
    if ProcessInfo.processInfo.environment["LORWEB_MEASURE"] != nil {
      print("2 GiB file: opened with its tensor in \(duration), resident memory +\(grown / 1024) KiB")
    }
    #expect(duration < .milliseconds(500))
    #expect(tensor?.shape == [size / 2])
    #expect(tensor?.withUnsafeBytes { $0.last } == 0)
    // Other tests run beside this one; only a copy of the data would show.
    #expect(grown < size / 2)
  }

  @Test("A file larger than the machine's memory can be mapped")
  func largerThanMemory() throws {
    let folder = try TemporaryFolder()
    let size = Int(ProcessInfo.processInfo.physicalMemory) * 2
    let tensor = try SafetensorsFile(try sparse(size, in: folder)).tensor("w")
    #expect(tensor.shape == [size / 2])
  }
}

/// Memory of this process that is in RAM, from Linux's own book-keeping; 0 elsewhere.
private func residentBytes() -> Int {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
  let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
}
