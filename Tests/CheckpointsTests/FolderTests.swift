import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Component folders and sharded files")
struct FolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a file that holds the number 1, 2, … under each name.
  private func write(_ name: String, _ tensors: String...) throws {
    var writer = SafetensorsWriter()
    for (number, tensor) in tensors.enumerated() {
      writer.add(tensor, try withTorchErrors { Tensor([Float(number + 1)]) })
    }
    try writer.write(to: folder[name])
  }

  private func index(_ json: String, name: String = "model.safetensors.index.json") throws {
    try folder.write(json.utf8, to: name)
  }

  /// Two shards with a, b and c, and their index.
  private func shards() throws {
    try write("model-00001-of-00002.safetensors", "a", "b")
    try write("model-00002-of-00002.safetensors", "c")
  }

  private let goodIndex = """
    {"metadata": {"total_size": 12, "note": [1.5e3, true, null, {"x": "y"}]}, "weight_map":
     {"c": "model-00002-of-00002.safetensors", "a": "model-00001-of-00002.safetensors", "b": "model-00001-of-00002.safetensors"}}
    """

  private func value(_ source: CheckpointSource, _ name: String) throws -> Double {
    try withTorchErrors { try source.tensor(WeightRequest(name: name, shape: [1], initial: .zeros)).item() }
  }

  @Test(
    "The weights of a folder are found under the names of diffusers and transformers",
    arguments: [
      "diffusion_pytorch_model.safetensors", "model.safetensors", "diffusion_pytorch_model.fp16.safetensors",
      "model.fp16.safetensors",
    ])
  func names(file: String) throws {
    try write(file, "a", "b")
    try folder.write("{}".utf8, to: "config.json")
    try folder.write("x".utf8, to: "pytorch_model.bin")
    let source = try CheckpointSource(folder.url)
    #expect(source.names == ["a", "b"])
    #expect(source.shape(of: "b") == [1])
    #expect(source.shape(of: "z") == nil)
    #expect(try value(source, "b") == 2)
    #expect(try CheckpointSource(folder[file]).names == ["a", "b"])
  }

  @Test("Full weights come before the fp16 variant")
  func variant() throws {
    try write("model.fp16.safetensors", "half")
    try write("model.safetensors", "full")
    #expect(try CheckpointSource(folder.url).names == ["full"])
  }

  @Test(
    "Shards are read by their index, in its order",
    arguments: [
      "model.safetensors.index.json", "diffusion_pytorch_model.safetensors.index.json", "model.safetensors.index.fp16.json",
    ])
  func sharded(name: String) throws {
    try shards()
    try index(goodIndex, name: name)
    for url in [folder.url, folder[name]] {
      let source = try CheckpointSource(url)
      #expect(source.names == ["c", "a", "b"])
      #expect(try ["a", "b", "c"].map { try value(source, $0) } == [1, 2, 1])
      #expect(source.files.count == 2)
    }
  }

  @Test("A shard may be a link to elsewhere, as a download cache has them")
  func linkedShard() throws {
    try shards()
    try index(goodIndex)
    let store = try TemporaryFolder()
    let shard = folder["model-00002-of-00002.safetensors"]
    try FileManager.default.moveItem(at: shard, to: store["0af3"])
    try FileManager.default.createSymbolicLink(at: shard, withDestinationURL: store["0af3"])
    #expect(try value(CheckpointSource(folder.url), "c") == 1)
  }

  @Test("An unknown name and another shape are errors")
  func wrongRequests() throws {
    try write("model.safetensors", "a")
    let source = try CheckpointSource(folder.url)
    let error = checkpointError { _ = try value(source, "z") }
    #expect(error?.kind == .noSuchTensor && error?.problem.contains("\"z\"") == true)
    #expect(throws: ModelError.wrongShape(name: "a", location: source.location, expected: [2], found: [1])) {
      try source.tensor(WeightRequest(name: "a", shape: [2], initial: .zeros))
    }
  }

  @Test("Folders without usable weights are refused, each with its own error")
  func badFolders() throws {
    let last = folder.url.lastPathComponent
    func failure(_ words: String, location: SourceLocation = #_sourceLocation) throws {
      let error = try #require(checkpointError { _ = try CheckpointSource(folder.url) }, sourceLocation: location)
      #expect(error.kind == .noWeights && error.problem.contains(words), "\(error)", sourceLocation: location)
      expectSentence(error, naming: last, location: location)
    }
    try failure("found none of them")
    try folder.write("x".utf8, to: "pytorch_model.bin")
    try folder.write("x".utf8, to: "adapter.pt")
    try failure(#"found only "adapter.pt", "pytorch_model.bin", refused"#)
    try write("flux1-kontext-dev.safetensors", "a")
    try failure(#"found "flux1-kontext-dev.safetensors"; check"#)
    try write("model.safetensors", "a")
    try write("diffusion_pytorch_model.safetensors", "a")
    try failure(#"found "diffusion_pytorch_model.safetensors", "model.safetensors"; keep one"#)
    let absent = folder["absent"]
    #expect(checkpointError { _ = try CheckpointSource(absent) }?.kind == .fileNotFound)
  }

  @Test(
    "Hostile and damaged indexes are refused, each with its own error",
    arguments: [
      ("", .cutShort, "an empty file"),
      ("[]", .header, "begins with {"),
      ("{}", .index, "an object named weight_map in the index, found none"),
      (#"{"weight_map":[]}"#, .index, "an object named weight_map in the index, found none"),
      (#"{"weight_map":{}}"#, .index, "tensor names in weight_map, found an empty one"),
      (#"{"weight_map":{},"weight_map":{}}"#, .index, "once, found it twice"),
      (#"{"weight_map":{"a":1}}"#, .index, "a file name for key"),
      (#"{"weight_map":{"a":"x.safetensors","a":"x.safetensors"}}"#, .index, "each tensor name once"),
      (#"{"weight_map":{"":"x.safetensors"}}"#, .index, "a name for every tensor"),
      (#"{"weight_map":{"a":"../x.safetensors"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":"\u002fetc\u002fx.safetensors"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":"sub\\x.safetensors"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":".hidden.safetensors"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":"x\u0000.safetensors"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":"pytorch_model.bin"}}"#, .index, "the plain name of a .safetensors file"),
      (#"{"weight_map":{"a":"absent.safetensors"}}"#, .index, "found no such file; download it"),
      (#"{"weight_map":{"a":"one.safetensors","z":"one.safetensors"}}"#, .index, "found it missing there"),
      (#"{"weight_map":{"a":"one.safetensors"}}"#, .index, "missing from it"),
      (
        #"{"weight_map":{"a":"one.safetensors","b":"one.safetensors","c":"two.safetensors"}}"#, .index,
        "in one shard, found it in"
      ),
      (#"{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}} x"#, .header, "only white space after"),
      (#"{"metadata":"# + String(repeating: "[", count: 100_000), .header, "of the JSON, found"),
      (#"{"metadata":{"x":1,"x":2}}"#, .header, "of the JSON, found"),
      (#"{"metadata":tru}"#, .header, "of the JSON, found"),
    ] as [(String, CheckpointError.Kind, String)])
  func badIndexes(json: String, kind: CheckpointError.Kind, words: String) throws {
    try write("one.safetensors", "a", "b")
    try write("two.safetensors", "b", "c")
    try index(json)
    let error = try #require(checkpointError { _ = try CheckpointSource(folder.url) })
    #expect(error.kind == kind && error.problem.contains(words), "\(error)")
    expectSentence(error, naming: "model.safetensors.index.json")
  }

  @Test("A broken shard is named, not its index")
  func brokenShard() throws {
    try shards()
    try index(goodIndex)
    try Data("x".utf8).write(to: folder["model-00002-of-00002.safetensors"])
    let error = try #require(checkpointError { _ = try CheckpointSource(folder.url) })
    #expect(error.kind == .cutShort && error.file == folder["model-00002-of-00002.safetensors"].path)
  }
}
