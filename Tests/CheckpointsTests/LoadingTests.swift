import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Models from checkpoints")
struct LoadingTests {
  /// Two linears, as a model of any size is built.
  private struct Tiny {
    let first: Linear
    let second: Linear

    init(_ scope: Scope) throws {
      first = try Linear(scope["first"], in: 3, out: 4)
      second = try Linear(scope["blocks", 0]["second"], in: 4, out: 2, bias: false)
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ tensors: KeyValuePairs<String, [Int]>) throws {
    var writer = SafetensorsWriter()
    for (tensor, shape) in tensors { writer.add(tensor, try withTorchErrors { counting(shape, .bfloat16) }) }
    try writer.write(to: folder[name])
  }

  private func output(_ model: Tiny) throws -> [Float] {
    try withTorchErrors { model.second(model.first(counting([1, 3]))).array(of: Float.self) }
  }

  /// first(0, 1, 2) = [5, 15, 25, 35] from rows (0 1 2), (3 4 5), … and bias 0 to 3; the second rows are (0 1 2 3) and (4 5 6 7).
  private let expected: [Float] = [170, 490]

  @Test("A model loads from a folder with one file")
  func single() throws {
    try write("model.safetensors", ["first.weight": [4, 3], "first.bias": [4], "blocks.0.second.weight": [2, 4]])
    #expect(try output(load(from: CheckpointSource(folder.url), dtype: .float32, Tiny.init)) == expected)
  }

  @Test("The same model loads from shards")
  func sharded() throws {
    try write("model-1.safetensors", ["first.weight": [4, 3], "blocks.0.second.weight": [2, 4]])
    try write("model-2.safetensors", ["first.bias": [4]])
    let index = """
      {"weight_map": {"first.weight": "model-1.safetensors", "first.bias": "model-2.safetensors",
       "blocks.0.second.weight": "model-1.safetensors"}}
      """
    try folder.write(index.utf8, to: "model.safetensors.index.json")
    #expect(try output(load(from: CheckpointSource(folder.url), dtype: .float32, Tiny.init)) == expected)
  }

  @Test("Missing, unused and wrongly shaped tensors are all reported at once, and nothing is loaded")
  func strict() throws {
    try write("model.safetensors", ["first.weight": [4, 2], "blocks.0.second.weight": [2, 4], "extra": [1], "ids": [1]])
    let source = try CheckpointSource(folder.url)
    do {
      _ = try load(from: source, dtype: .float32, ignoring: { $0 == "ids" }, Tiny.init)
      Issue.record("loaded")
    } catch ModelError.doesNotFit(let report, let location) {
      #expect(report.matched == 1)
      #expect(report.missing == ["first.bias"])
      #expect(report.unused == ["extra"])
      let wrong = try #require(report.mismatched.first)
      #expect(
        report.mismatched.count == 1 && wrong.name == "first.weight" && wrong.expected == [4, 3] && wrong.found == [4, 2])
      #expect(location == folder.url.path(percentEncoded: false))
    }
  }

  @Test("A file with other names loads through a renamed source, with what it holds besides left out")
  func renamed() throws {
    try write(
      "model.safetensors",
      ["tower.first.weight": [4, 3], "tower.first.bias": [4], "tower.blocks.0.second.weight": [2, 4], "other.weight": [9]])
    let source = try RenamedSource(
      CheckpointSource(folder.url), rules: [RenamingRule("**", from: "tower.**")], ignoring: { $0.hasPrefix("other.") })
    #expect(source.names == ["blocks.0.second.weight", "first.bias", "first.weight"])
    #expect(try output(load(from: source, dtype: .float32, Tiny.init)) == expected)
    let error = checkpointError { _ = try source.tensor(WeightRequest(name: "other.weight", shape: [9], initial: .zeros)) }
    #expect(error?.kind == .noSuchTensor && error?.problem.contains("\"other.weight\"") == true)
  }

  @Test("Two tensors under one new name are an error")
  func renamedTwice() throws {
    try write("model.safetensors", ["a": [1], "b": [1]])
    let source = try CheckpointSource(folder.url)
    let error = checkpointError { _ = try RenamedSource(source, rules: [RenamingRule("c", from: "*")]) }
    #expect(error?.file == source.location && error?.problem.contains("found \"c\" twice") == true)
  }

  @Test("Sources wrap sources: each tensor is changed as it passes by, the file's own stays")
  func wrapped() throws {
    struct Doubled: WeightSource {
      let base: any WeightSource
      var location: String { base.location }
      var names: [String]? { base.names }
      func shape(of name: String) -> [Int]? { base.shape(of: name) }
      func tensor(_ request: WeightRequest) throws -> Tensor { try base.tensor(request) * 2 }
    }
    try write("model.safetensors", ["first.weight": [4, 3], "first.bias": [4], "blocks.0.second.weight": [2, 4]])
    let source = try CheckpointSource(folder.url)
    let model = try load(from: Doubled(base: RenamedSource(source, rules: [])), dtype: .float32, Tiny.init)
    #expect(try output(model) == expected.map { 4 * $0 })
  }
}
