import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Compares with the reference library's answers, made by `Proofs/safetensors/exchange.py`.
@Suite("Safetensors against the reference library")
struct ReferenceTests {
  private static let folder = fixtures.appending(path: "Reference", directoryHint: .isDirectory)

  /// What Python read from `reference.safetensors`.
  private struct Answer: Decodable {
    struct Entry: Decodable {
      let dtype: String
      let shape: [Int]
      let bytes: String
    }
    let metadata: [String: String]
    let tensors: [String: Entry]
  }

  @Test("A file of the reference library's is read as Python reads it")
  func reading() throws {
    let answer = try JSONDecoder().decode(Answer.self, from: Data(contentsOf: Self.folder.appending(path: "reference.json")))
    let file = try SafetensorsFile(Self.folder.appending(path: "reference.safetensors"))
    #expect(Dictionary(uniqueKeysWithValues: file.metadata.entries.map { ($0.key, $0.value) }) == answer.metadata)
    #expect(Set(file.names) == Set(answer.tensors.keys))
    for (name, expected) in answer.tensors {
      let tensor = try file.tensor(name)
      #expect(tensor.dtype.safetensorsName == expected.dtype)
      #expect(tensor.shape == expected.shape)
      #expect(tensor.bytes.map { String(format: "%02x", $0) }.joined() == expected.bytes, "\(name)")
    }
  }

  @Test("The same tensors written here make the same file, byte for byte")
  func writing() throws {
    let original = Self.folder.appending(path: "reference.safetensors")
    let file = try SafetensorsFile(original)
    var writer = SafetensorsWriter(metadata: file.metadata)
    var numbers = SeededNumbers(seed: 1)
    for name in file.names.shuffled(using: &numbers) { writer.add(name, try file.tensor(name)) }
    let folder = try TemporaryFolder()
    try writer.write(to: folder["copy.safetensors"])
    #expect(try Data(contentsOf: folder["copy.safetensors"]) == Data(contentsOf: original))
  }

  @Test("The goldens, files as Python writes them, are written again byte for byte")
  func goldens() throws {
    let goldens = fixtures.deletingLastPathComponent().appending(path: "ParityTests/Goldens", directoryHint: .isDirectory)
    let names = try FileManager.default.contentsOfDirectory(atPath: goldens.path).filter { $0.hasSuffix(".safetensors") }
    try #require(names.count >= 15)
    let folder = try TemporaryFolder()
    for name in names.sorted() {
      let original = goldens.appending(path: name)
      let file = try SafetensorsFile(original)
      var writer = SafetensorsWriter(metadata: file.metadata)
      for tensor in file.names { writer.add(tensor, try file.tensor(tensor)) }
      try writer.write(to: folder[name])
      #expect(try Data(contentsOf: folder[name]) == Data(contentsOf: original), "\(name)")
    }
  }

  @Test("A tensor of each dtype made here is the reference library's")
  func making() throws {
    let file = try SafetensorsFile(Self.folder.appending(path: "reference.safetensors"))
    for dtype in DType.allCases where dtype != .bool {
      let ours = try withTorchErrors { counting([2, 3], dtype).bytes }
      #expect(ours == (try file.tensor("dtype.\(dtype.safetensorsName)").bytes), "\(dtype)")
    }
  }

  @Test("Whatever is read here the reference library reads; it takes some files that are refused here")
  func verdicts() throws {
    let text = try Data(contentsOf: Self.folder.appending(path: "verdicts.json"))
    let verdicts = try JSONDecoder().decode([String: [String: Bool]].self, from: text)
    let odd = try #require(verdicts["Odd"])
    let hostile = try #require(verdicts["Hostile"])
    #expect(odd.count == 14 && odd.values.allSatisfy(\.self))
    #expect(Set(hostile.keys) == Set(hostileFiles.map(\.file)))
    let looser = hostile.filter(\.value).keys.sorted()
    #expect(
      looser == [
        "dtype-complex", "duplicate-name", "duplicate-name-escaped", "duplicate-name-normal-form", "empty-name", "entry-array",
        "leading-space", "metadata-duplicate-key", "metadata-null", "too-many-dimensions", "twenty-thousand-dimensions",
        "unknown-field",
      ])
  }
}
