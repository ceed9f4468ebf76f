import Foundation

/// A `*.safetensors.index.json`: which tensor lies in which of several files.
///
/// Only `weight_map` is used. Its order is kept; `metadata` (a total size that published files often have wrong) is passed over.
struct ShardIndex {
  /// Tensor names and the files they lie in, in the index's order.
  let weightMap: [(key: String, shard: String)]

  /// Reads an index.
  ///
  /// - Throws: `CheckpointError` if it isn't there, isn't strict JSON, has no map, or names a file outside its own folder.
  init(_ url: URL) throws {
    let file = url.path(percentEncoded: false)
    let map = try MappedFile(url)
    let limit = SafetensorsHeader.sizeLimit
    if map.count > limit { throw CheckpointError.headerTooLarge(file: file, found: UInt64(map.count), limit: limit) }
    var reader = try JSONReader(Array(map.bytes), file: file)
    var found: [(key: String, shard: String)]?
    reader.skipSpace()
    if reader.peek != UInt8(ascii: "{") { throw CheckpointError.headerNotObject(file: file, found: reader.found) }
    try reader.object(duplicate: { .duplicateField(file: file, name: "index", field: $0) }) { reader, field in
      if field == "weight_map" { found = try reader.weightMap() } else { try reader.skipValue() }
    }
    try reader.end()
    guard let weightMap = found else { throw CheckpointError.missingWeightMap(file: file) }
    if weightMap.isEmpty { throw CheckpointError.emptyWeightMap(file: file) }
    self.weightMap = weightMap
  }
}

extension JSONReader {
  fileprivate mutating func weightMap() throws -> [(key: String, shard: String)] {
    let file = file
    if peek != UInt8(ascii: "{") { throw CheckpointError.missingWeightMap(file: file) }
    var entries: [(key: String, shard: String)] = []
    try object(duplicate: { .duplicateName(file: file, name: $0) }) { reader, key in
      if key.isEmpty { throw CheckpointError.emptyName(file: file) }
      if reader.peek != UInt8(ascii: "\"") { throw CheckpointError.shardNotString(file: file, key: key, found: reader.found) }
      let shard = try reader.string()
      let plain = shard.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 }
      if !plain || shard.hasPrefix(".") || !shard.hasSuffix(".safetensors") {
        throw CheckpointError.unsafeShardName(file: file, key: key, found: shard)
      }
      entries.append((key, shard))
    }
    return entries
  }
}
