import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch
import Testing

@Suite("Odd but good safetensors files")
struct OddFileTests {
  private func open(_ name: String) throws -> SafetensorsFile {
    try SafetensorsFile(fixtures.appending(path: "Odd/\(name).safetensors", directoryHint: .notDirectory))
  }

  @Test("A scalar has no dimension and one value")
  func scalar() throws {
    let tensor = try open("scalar").tensor("a")
    #expect(tensor.shape == [])
    #expect(try withTorchErrors { tensor.item() } == 1.5)
  }

  @Test("Tensors without elements keep their shape and dtype")
  func zeroSize() throws {
    let file = try open("zero-size")
    #expect(try file.tensor("front").shape == [0, 3])
    #expect(try file.tensor("end").shape == [2, 0])
    #expect(try file.tensor("end").dtype == .bfloat16)
    #expect(try withTorchErrors { try file.tensor("middle").item() } == 2.5)
  }

  @Test("A file may have no tensor, or metadata alone")
  func noTensors() throws {
    #expect(try open("no-tensors").names == [])
    let file = try open("metadata-only")
    #expect(file.names == [])
    #expect(file.metadata == ["format": "pt", "empty": "", "nul": "\0"])
    #expect(file.metadata["absent"] == nil)
  }

  @Test("Metadata may come last and keeps its order")
  func metadataLast() throws {
    let file = try open("metadata-last")
    #expect(file.metadata.entries.map(\.key) == ["z", "a"])
    #expect(file.names == ["a"])
  }

  @Test("Names may have any character, written out or escaped")
  func unicodeNames() throws {
    let file = try open("unicode-names")
    #expect(file.names == ["写真.🖼", "😀\n\""])
    #expect(try withTorchErrors { try file.tensor("😀\n\"").item() } == 2)
  }

  @Test("White space is allowed wherever JSON allows it, fields in any order")
  func whiteSpace() throws {
    #expect(try withTorchErrors { try open("white-space").tensor("a").array(of: Float.self) } == [4.5])
  }

  @Test(
    "Data that isn't aligned to its element's size is copied to where it is", arguments: ["unaligned", "header-of-odd-length"])
  func unaligned(name: String) throws {
    let file = try open(name)
    let last = try #require(file.names.last)
    let tensor = try file.tensor(last)
    #expect(try withTorchErrors { tensor.item() } == (name == "unaligned" ? 5.5 : 6.5))
    let address = tensor.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address.isMultiple(of: 4))
    try file.withUnsafeBytes(of: last) { #expect(UInt(bitPattern: $0.baseAddress) != address) }
  }

  @Test("The header may name tensors in another order than the data's")
  func outOfOrder() throws {
    let file = try open("entries-out-of-order")
    #expect(file.names == ["a", "b"])
    #expect(try withTorchErrors { try file.names.map { try file.tensor($0).item() } } == [2, 1])
  }

  @Test("Every dtype of the engine is read under its name")
  func allDTypes() throws {
    let file = try open("all-dtypes")
    #expect(Set(try file.names.map { try file.tensor($0).dtype }) == Set(DType.allCases))
    for name in file.names { #expect(try file.tensor(name).dtype.safetensorsName == name) }
  }

  @Test("64 dimensions, a name of 5,000 characters and one like the metadata's are fine")
  func extremes() throws {
    #expect(try open("sixty-four-dimensions").tensor("a").shape == Array(repeating: 1, count: 64))
    #expect(try open("long-name").names.map(\.count) == [5000])
    #expect(try open("name-looks-like-metadata").names == ["__metadata"])
  }

  @Test("Every odd file has been opened here")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: "Odd").path)
    #expect(files.count == 14)
    for file in files { #expect(throws: Never.self) { try open(String(file.dropLast(".safetensors".count))) } }
  }
}
