import Foundation
import LoRWeBTorch

/// Writes a component's weights into its folder as diffusers and transformers do: one file, or shards with an index. Tensors are made
/// when their turn comes, so a model larger than memory can be written.
public struct ComponentWriter {
  /// The largest file diffusers writes, in bytes.
  public static let shardLimit = 10_000_000_000

  /// Free strings written into every file.
  public var metadata: SafetensorsMetadata = ["format": "pt"]
  private let stem: String
  private let limit: Int
  private var parts: [SafetensorsWriter.Part] = []

  /// - Parameters:
  ///   - stem: `diffusion_pytorch_model` or `model`.
  ///   - limit: bytes of tensors a file may hold; a larger tensor has a file of its own.
  public init(stem: String, limit: Int = shardLimit) { (self.stem, self.limit) = (stem, limit) }

  /// Adds a tensor that is made when its turn comes to be written, and released after.
  public mutating func add(_ name: String, shape: [Int], dtype: DType, make: @escaping () throws -> Tensor) {
    parts.append(SafetensorsWriter.Part(name: name, dtype: dtype, shape: shape, make: make))
  }

  public var byteCount: Int { parts.reduce(0) { $0 + $1.byteCount } }

  /// Writes everything into a folder that is there; each file atomically, the index last.
  /// - Throws: `CheckpointError` as `SafetensorsWriter.write`; what a tensor's closure throws.
  public func write(to folder: URL) throws {
    let shards = shards()
    var weightMap: [String: String] = [:]
    for (number, shard) in shards.enumerated() {
      let name =
        shards.count == 1
        ? "\(stem).safetensors"
        : String(format: "%@-%05d-of-%05d.safetensors", stem, number + 1, shards.count)
      var writer = SafetensorsWriter(metadata: metadata)
      writer.parts = shard
      for part in shard { weightMap[part.name] = name }
      try writer.write(to: folder.appending(path: name, directoryHint: .notDirectory))
    }
    guard shards.count > 1 else { return }
    let index = Index(metadata: ["total_size": byteCount], weight_map: weightMap)
    try index.readableJSON().writeDurably(
      to: folder.appending(path: "\(stem).safetensors.index.json", directoryHint: .notDirectory))
  }

  private struct Index: Encodable {
    let metadata: [String: Int]
    let weight_map: [String: String]
  }

  /// Tensors in their order, split where a file would grow beyond the limit.
  private func shards() -> [[SafetensorsWriter.Part]] {
    var shards: [[SafetensorsWriter.Part]] = [[]]
    var size = 0
    for part in parts {
      if size > 0, size + part.byteCount > limit {
        shards.append([])
        size = 0
      }
      shards[shards.count - 1].append(part)
      size += part.byteCount
    }
    return shards
  }
}
