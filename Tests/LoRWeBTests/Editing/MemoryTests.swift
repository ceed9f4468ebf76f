import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

#if os(Linux)
/// Components one after the other need the memory of the larger, not of both. In a process of its own: the high-water mark is a
/// process's.
@Suite("Memory")
struct MemoryTests {
  @Test("Two parts of 500 MB loaded, used and dropped in turn peak at no more than 1.3 times the larger")
  func turns() async throws {
    let folder = try TemporaryFolder()
    let sizes = [
      try BigParts.write(BigParts.text, to: folder["text"]), try BigParts.write(BigParts.painter, to: folder["painter"]),
    ]
    for size in sizes { #expect(abs(size - 500_000_000) < 25_000_000) }
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      [path = folder.url.path as String, larger = (sizes.max() ?? 0) as Int] in
      let folder = URL(filePath: path)
      let start = try BigParts.highWaterMark()
      try BigParts.encode(folder.appending(path: "text"))
      #expect(try BigParts.mappedBytes(in: folder) == 0)
      Engine.trimMemory()
      try BigParts.loadPainter(folder.appending(path: "painter"))
      let peak = try BigParts.highWaterMark() - start
      print("peak \(peak / 1_000_000) MB above the start, larger part \(larger / 1_000_000) MB")
      #expect(Double(peak) <= 1.3 * Double(larger))
    }
    print(
      String(decoding: result?.standardOutputContent ?? [], as: UTF8.self).split(separator: "\n").last { $0.hasPrefix("peak") }
        ?? "")
  }
}

/// A text encoder and a transformer of about 500 MB each in fp32.
private enum BigParts {
  static func text(_ scope: Scope) throws -> T5Encoder {
    let json =
      #"{"d_model": 1024, "d_kv": 64, "d_ff": 2816, "num_layers": 7, "num_heads": 16, "vocab_size": 35000, "feed_forward_proj": "gated-gelu", "relative_attention_num_buckets": 32, "relative_attention_max_distance": 128}"#
    return try T5Encoder(scope, config: readConfig(from: Data(json.utf8), named: "text"))
  }

  static func painter(_ scope: Scope) throws -> FluxTransformer {
    try FluxTransformer(
      scope,
      config: FluxConfig(
        doubleBlocks: 2, singleBlocks: 3, headWidth: 128, heads: 8, textWidth: 1024, pooledWidth: 768, rotaryAxes: [16, 56, 56])
    )
  }

  /// Writes a part's random weights and says their bytes, without ever holding more than one tensor.
  static func write<Part>(_ build: (Scope) throws -> Part, to folder: URL) throws -> Int {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let source = RandomSource(seed: 1)
    var writer = ComponentWriter(stem: "model")
    for request in try plan(build) {
      writer.add(request.name, shape: request.shape, dtype: .float32) { try source.tensor(request) }
    }
    try writer.write(to: folder)
    return writer.byteCount
  }

  /// Loads the text encoder, encodes 64 ids and reads every weight; holds nothing when it returns.
  static func encode(_ folder: URL) throws {
    let encoder = try load(from: CheckpointSource(folder), dtype: .float32, ignoring: T5Encoder.ignores, text)
    let states = try withTorchErrors { try noGrad { try encoder([(0..<64).map { $0 * 500 + 3 }]) } }
    #expect(states.shape == [1, 64, 1024] && states.isFinite().all())
    try touch(encoder.registry, from: folder)
  }

  /// Loads the transformer and reads every weight.
  static func loadPainter(_ folder: URL) throws {
    try touch(load(from: CheckpointSource(folder), dtype: .float32, painter).registry, from: folder)
  }

  /// Reads every weight. They are views of the mapped file, of which a system short of memory may take pages back at any time, so
  /// that the part is there is seen by its map.
  private static func touch(_ registry: Registry, from folder: URL) throws {
    try withTorchErrors { for parameter in registry.parameters { #expect(parameter.tensor.sum().isFinite().all()) } }
    #expect(try mappedBytes(in: folder) >= registry.parameters.reduce(0) { $0 + $1.tensor.byteCount })
  }

  /// Bytes of this process's address space that are maps of files in a folder.
  static func mappedBytes(in folder: URL) throws -> Int {
    try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n").reduce(0) { sum, line in
      guard line.contains(folder.path) else { return sum }
      let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { Int($0, radix: 16) }
      return sum + (ends.count == 2 ? ends[1] - ends[0] : 0)
    }
  }

  /// VmHWM in bytes.
  static func highWaterMark() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    return try #require(Int(line.split(separator: " ").dropFirst().first ?? "")) * 1024
  }
}
#endif
