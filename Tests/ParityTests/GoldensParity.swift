import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch
import Testing

@Suite("Golden files, Parity")
struct GoldensParity {
  @Test("Goldens of two seeds in one folder are refused, naming both files")
  func mixedSeeds() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "goldens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["packing.io", "rope.io"] {
      try FileManager.default.copyItem(at: Goldens.file(name), to: folder.appending(path: "\(name).safetensors"))
    }
    let same = try GoldenFolder(folder)
    let original = try same.golden("rope.io").file
    let seed = try #require(original.metadata["seed"])

    var writer = SafetensorsWriter(metadata: original.metadata)
    writer.metadata["seed"] = "another"
    for name in original.names { writer.add(name, try original.tensor(name)) }
    try writer.write(to: same.file("rope.io"))
    #expect(throws: GoldenError.mixedSeeds("packing.io.safetensors", seed, "rope.io.safetensors", "another")) {
      try GoldenFolder(folder)
    }
  }

  @Test("A folder without goldens is refused")
  func empty() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "goldens-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(throws: GoldenError.empty(folder.path(percentEncoded: false))) { try GoldenFolder(folder) }
  }
}
