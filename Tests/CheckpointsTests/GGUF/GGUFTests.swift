import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Compares with the answers of the package gguf, made by `Proofs/gguf/make_gguf_answers.py`.
@Suite("GGUF files")
struct GGUFTests {
  static let answers = fixtures.appending(path: "GGUF/Answers", directoryHint: .isDirectory)
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func open(_ bytes: GGUFBytes) throws -> GGUFFile { try GGUFFile(folder.write(bytes.bytes, to: "made.gguf")) }

  /// The bits of fp32 numbers, those of any that is none as the answers have them.
  private func bits(_ tensor: Tensor) throws -> [UInt32] {
    try withTorchErrors { tensor.to(.float32).array(of: Float.self).map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern } }
  }

  private func bits(ofAnswer tensor: Tensor) throws -> [UInt32] {
    try withTorchErrors { tensor.array(of: Int32.self).map(UInt32.init(bitPattern:)) }
  }

  @Test(
    "Blocks of each type, with scales from zero to infinity and beyond, are what gguf makes of them, bit for bit",
    arguments: [
      ("Q4_0", 2), ("Q4_1", 3), ("Q5_0", 6), ("Q5_1", 7), ("Q8_0", 8), ("Q2_K", 10), ("Q3_K", 11), ("Q4_K", 12), ("Q5_K", 13),
      ("Q6_K", 14),
    ] as [(String, UInt32)])
  func blocks(name: String, type: UInt32) throws {
    let answers = try SafetensorsFile(Self.answers.appending(path: "blocks.safetensors"))
    let (blocks, numbers) = (try answers.tensor("\(name).blocks"), try answers.tensor("\(name).numbers"))
    var made = GGUFBytes()
    made.tensors = [.init("x", [UInt64(numbers.shape[1]), UInt64(numbers.shape[0])], type: type, data: blocks.bytes)]
    let file = try open(made)
    let entry = try #require(file.header["x"])
    #expect(entry.type.name == name && entry.type.isQuantised && entry.shape == numbers.shape)
    let tensor = try file.tensor("x")
    #expect(tensor.dtype == .float32 && tensor.shape == numbers.shape)
    let expected = try bits(ofAnswer: numbers)
    #expect(try bits(tensor) == expected)
    #expect(Set(expected).count > 100 && expected.contains { Float(bitPattern: $0).isInfinite })
  }

  @Test(
    "A file of gguf's own writer is read as gguf reads it: names, types, shapes and numbers", arguments: ["whole", "aligned"])
  func whole(name: String) throws {
    let answers = try SafetensorsFile(Self.answers.appending(path: "\(name).safetensors"))
    let file = try GGUFFile(Self.answers.appending(path: "\(name).gguf"))
    #expect(Set(file.names) == Set(answers.names) && file.names.count == (name == "whole" ? 23 : 3))
    #expect(file.header.architecture == (name == "whole" ? "flux" : "t5encoder"))
    for entry in file.header.entries {
      let (tensor, answer) = (try file.tensor(entry.name), try answers.tensor(entry.name))
      #expect(tensor.shape == answer.shape && entry.shape == answer.shape && tensor.dtype == entry.type.dtype, "\(entry.name)")
      if entry.type.isQuantised || entry.type.dtype == .bfloat16 {
        #expect(try bits(tensor) == bits(ofAnswer: answer), "\(entry.name)")
      } else {
        #expect(tensor.dtype == answer.dtype && tensor.bytes == answer.bytes, "\(entry.name)")
      }
    }
  }

  @Test(
    "Any rows of a tensor are those of the whole, also where they begin and end inside a block",
    arguments: ["whole", "aligned"])
  func rows(name: String) throws {
    let file = try GGUFFile(Self.answers.appending(path: "\(name).gguf"))
    for entry in file.header.entries {
      guard let count = entry.shape.first else { continue }
      let whole = try file.tensor(entry.name)
      for rows in [0..<count, 0..<min(1, count), count / 3..<count, count..<count, count / 2..<min(count / 2 + 5, count)] {
        let part = try file.tensor(entry.name, rows: rows)
        let expected = try withTorchErrors { whole.narrowed(0, from: rows.lowerBound, count: rows.count).contiguous() }
        #expect(
          part.shape == expected.shape && part.dtype == expected.dtype && part.bytes == expected.bytes, "\(entry.name) \(rows)")
      }
      for rows in [0..<count + 1, -1..<1, count + 1..<count + 1] {
        let error = try #require(checkpointError { _ = try file.tensor(entry.name, rows: rows) })
        #expect(error.kind == .noSuchTensor)
        expectSentence(error, naming: "\(name).gguf")
      }
    }
  }

  @Test("Plain tensors are views of the map; quantised ones are made anew and take the room they need")
  func views() throws {
    let file = try GGUFFile(Self.answers.appending(path: "whole.gguf"))
    for name in ["plain.F32", "plain.F16", "plain.BF16"] {
      let (first, second) = (try file.tensor(name), try file.tensor(name, rows: 1..<3))
      first.withUnsafeBytes { whole in
        second.withUnsafeBytes { #expect($0.baseAddress == whole.baseAddress.map { $0 + whole.count / first.shape[0] }) }
      }
    }
    let made = try file.tensor("blocks.Q5_K.weight", rows: 2..<4)
    #expect(made.storageByteCount == 2 * 256 * 4)
  }

  @Test("An alignment below an element's size is allowed, and such tensors are copied to where it is")
  func smallAlignment() throws {
    var made = GGUFBytes()
    (made.alignment, made.metadata) = (1, [("general.alignment", GGUFBytes.number(UInt32(4)) + GGUFBytes.number(UInt32(1)))])
    made.tensors = [
      .init("one", [1], type: 24, data: [7]), .init("x", [2], data: GGUFBytes.number(Float(1.5).bitPattern) + [0, 0, 0, 64]),
    ]
    let file = try open(made)
    #expect(try withTorchErrors { try file.tensor("x").array(of: Float.self) } == [1.5, 2])
    #expect(try withTorchErrors { try file.tensor("x", rows: 1..<2).array(of: Float.self) } == [2])
  }

  @Test("Version 2 is read as version 3; a file may hold no tensor, or lack the last tensor's padding")
  func odd() throws {
    var made = GGUFBytes()
    made.version = 2
    #expect(try open(made).names == ["a", "b"])
    made.tensors = []
    #expect(try open(made).names == [])
    let bytes = GGUFBytes().bytes
    #expect(try GGUFFile(folder.write(bytes.dropLast(24), to: "cut.gguf")).tensor("b").bytes == [UInt8](repeating: 2, count: 8))
  }

  @Test("A source gives tensors under the file's names to a model, and refuses other shapes and names")
  func source() throws {
    let source = try GGUFSource(Self.answers.appending(path: "aligned.gguf"))
    #expect(
      source.names == ["rows", "bias", "kernel"] && source.shape(of: "kernel") == [2, 16, 4, 4] && source.shape(of: "x") == nil)
    let tensor = try source.tensor(WeightRequest(name: "rows", shape: [64, 12], initial: .zeros))
    source.releasePages()
    #expect(try tensor.bytes == source.file.tensor("rows").bytes)
    #expect(throws: ModelError.self) { try source.tensor(WeightRequest(name: "rows", shape: [3, 256], initial: .zeros)) }
    let error = checkpointError { _ = try source.tensor(WeightRequest(name: "x", shape: [1], initial: .zeros)) }
    #expect(error?.kind == .noSuchTensor)
  }

  @Test("A quantised linear loads into a model under another name")
  func model() throws {
    let source = try GGUFSource(Self.answers.appending(path: "whole.gguf"))
    let name = "blocks.Q4_K.weight"
    let renamed = try RenamedSource(source, rules: [RenamingRule("linear.weight", from: name)], ignoring: { $0 != name })
    let linear = try load(from: renamed, dtype: .float32) { try Linear($0["linear"], in: 256, out: 6, bias: false) }
    // A one among zeros picks a column.
    let input = [Float](repeating: 0, count: 100) + [1] + [Float](repeating: 0, count: 155)
    let output = try withTorchErrors { linear(Tensor(input, shape: [1, 256])).array(of: Float.self) }
    let weight = try withTorchErrors { try source.file.tensor(name).array(of: Float.self) }
    #expect(output == (0..<6).map { weight[$0 * 256 + 100] })
  }
}
