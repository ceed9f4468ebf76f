import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@Suite("Basis files")
struct BasisFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ file: SafetensorsFile, _ name: String) throws -> Data {
    try file.withUnsafeBytes(of: name) { Data($0) }
  }

  @Test("A published file read and written has the same keys, types, shapes, bytes and foreign entries, and one of ours")
  func roundTrip() throws {
    let published = try Published.write(to: folder["published.safetensors"])
    try BasisFile(published).write(to: folder["again.safetensors"])
    let (before, after) = (try SafetensorsFile(published), try SafetensorsFile(folder["again.safetensors"]))
    #expect(before.names.count == 20 * 4)
    #expect(after.names == before.names)
    for name in before.names {
      #expect(after.header[name]?.dtype == .float16 && after.header[name]?.shape == before.header[name]?.shape)
      #expect(try bytes(after, name) == bytes(before, name))
    }
    for entry in Published.metadata.entries { #expect(after.metadata[entry.key] == entry.value) }
    #expect(after.metadata.entries.map(\.key) == Published.metadata.entries.map(\.key) + ["lorweb"])
  }

  @Test("Written over itself a file keeps its tensors, and a second time changes nothing at all")
  func inPlace() throws {
    let file = try Published.write(to: folder["basis.safetensors"])
    let tensors = try SafetensorsFile(file)
    let first = try bytes(tensors, tensors.names[0])
    try BasisFile(file).write(to: file)
    let once = try Data(contentsOf: file)
    try BasisFile(file).write(to: file)
    #expect(try Data(contentsOf: file) == once)
    #expect(try bytes(SafetensorsFile(file), tensors.names[0]) == first)
  }

  @Test("Our entry says version, heads, activation, reduce, query mode, encoder and its width")
  func entry() throws {
    try BasisFile(Published.write(to: folder["a.safetensors"])).write(to: folder["b.safetensors"])
    let text = try #require(SafetensorsFile(folder["b.safetensors"]).metadata["lorweb"])
    let entry = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(Set(entry.keys) == ["version", "heads", "activation", "reduce", "queryMode", "encoder", "encoderWidth"])
    #expect(entry["version"] as? Int == 1 && entry["heads"] as? Int == 1 && entry["encoderWidth"] as? Int == 4)
    #expect(entry["activation"] as? String == "softmax" && entry["reduce"] as? String == "mean")
    #expect(entry["queryMode"] as? String == "cat-aa'b" && entry["encoder"] as? String == "openai/clip-vit-large-patch14")
  }

  @Test("A basis in memory written and read is the same, its settings too")
  func fromMemory() throws {
    let made = try Tiny.basis {
      $0.heads = 4
      $0.activation = .tanh
      $0.reduce = .sum
      $0.queryMode = .differencePlusB
      $0.encoder = "somewhere/siglip"
    }
    try made.write(to: folder["made.safetensors"], dtype: .float32, metadata: ["note": "kept"])
    let file = try BasisFile(folder["made.safetensors"])
    #expect(file.size == Tiny.size && file.layers == made.adapted && file.metadata["note"] == "kept")
    #expect(file.parameterCount == Tiny.size.parameterCount(made.adapted))
    var expected = made.settings
    expected.encoderWidth = 12
    #expect(file.router.settings == expected)
    let read = try file.basis()
    for (path, layer) in made.layers {
      let other = try #require(read.layers[path])
      #expect(other.loraA.distance(to: layer.loraA) == 0 && other.loraB.distance(to: layer.loraB) == 0)
      #expect(other.keys.distance(to: layer.keys) == 0)
      #expect(try #require(other.toQ).distance(to: #require(layer.toQ)) == 0)
    }
  }

  @Test("A basis without projection, as query_projection_type none makes it, reads, routes and writes")
  func withoutProjection() throws {
    let metadata: SafetensorsMetadata = ["lorweb": #"{"version":1,"queryMode":"ca'-ca"}"#]
    let published = try Published.write(to: folder["none.safetensors"], metadata: metadata, hasProjection: false)
    let file = try BasisFile(published)
    #expect(file.size.queryWidth == file.size.keyWidth)
    let basis = try file.basis(dtype: .float32)
    #expect(basis.layers.values.allSatisfy { $0.toQ == nil })
    try withTorchErrors {
      let query = try Tiny.query(width: 8)
      let layer = try #require(basis.layers[Tiny.layer])
      let scores = query.mm(layer.keys.transposed()) / 8.0.squareRoot()
      let found = try #require(Router(basis).coefficients(query: query)[Tiny.layer])
      #expect(found.distance(to: scores.softmax()) < 1e-6)
    }
    try file.write(to: folder["again.safetensors"])
    #expect(try SafetensorsFile(folder["again.safetensors"]).names == SafetensorsFile(published).names)
  }

  @Test("An encoder of another width is refused by both widths")
  func encoderWidth() throws {
    let file = try BasisFile(Published.write(to: folder["basis.safetensors"]))
    try file.checkEncoder(width: 4)
    expectRefusal("basis.safetensors", "width 12", "cat-aa'b", "width 4,", "width 768", "use the encoder that") {
      try file.checkEncoder(width: 768)
    }
  }

  @Test("A basis is checked against a base's names and shapes before anything is read")
  func base() throws {
    let file = try BasisFile(Published.write(to: folder["basis.safetensors"]))
    func base(_ config: FluxConfig) throws -> CheckpointSource {
      var writer = SafetensorsWriter()
      for request in try plan({ try FluxTransformer($0, config: config) }) {
        writer.add(request.name, shape: request.shape, dtype: .float32) { .zeros(request.shape) }
      }
      let url = folder["base.safetensors"]
      try writer.write(to: url)
      return try CheckpointSource(url)
    }
    try file.fit(base(Tiny.config))
    var wide = Tiny.config
    wide.heads = 3
    expectRefusal("basis.safetensors", "base.safetensors", "[48, 48]", "[32, 32]") { try file.fit(base(wide)) }
    var short = Tiny.config
    short.singleBlocks = 0
    expectRefusal("6 of its 20 layers", "single_transformer_blocks.0.") { try file.fit(base(short)) }
    short.doubleBlocks = 0
    expectRefusal("none of its 20 layers", "transformer_blocks.0.") { try file.fit(base(short)) }
  }
}
