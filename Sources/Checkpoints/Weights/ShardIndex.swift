import Foundation

/// A `*.safetensors.index.json`: which tensor lies in which of several files.
///
/// Only `weight_map` is used. Its order is kept; `metadata` (a total size that published files often have wrong) is passed over.
struct ShardIndex {
  /// Tensor names and the files they lie in, in the index's order.
  let weightMap: [(key: String, shard: String)]

  /// - Throws: `CheckpointError` if it isn't there, isn't strict JSON, has no map, or names a file outside its own folder.
  init(_ url: URL) throws {
    let file = url.path(percentEncoded: false)
    let map = try MappedFile(url)
    if map.count > SafetensorsHeader.sizeLimit { throw CheckpointError.headerTooLarge(file, says: UInt64(map.count)) }
    var reader = try JSONReader(Array(map.bytes), file: file)
    var found: [(key: String, shard: String)]?
    reader.skipSpace()
    try reader.expectObject()
    let place = reader
    try reader.object(duplicate: { place.indexFault("\(quoted($0)) once", found: "it twice") }) { reader, field in
      if field == "weight_map" { found = try reader.weightMap() } else { try reader.skipValue() }
    }
    try reader.end()
    guard let weightMap = found else { throw reader.noWeightMap }
    if weightMap.isEmpty { throw reader.indexFault("tensor names in weight_map", found: "an empty one") }
    self.weightMap = weightMap
  }
}

extension JSONReader {
  fileprivate func indexFault(
    _ expected: String, found: String, advice: String = "download the index again"
  ) -> CheckpointError {
    CheckpointError(.index, file, expected: expected, found: found, advice: advice)
  }

  fileprivate var noWeightMap: CheckpointError { indexFault("an object named weight_map in the index", found: "none") }

  fileprivate mutating func weightMap() throws -> [(key: String, shard: String)] {
    if peek != UInt8(ascii: "{") { throw noWeightMap }
    var entries: [(key: String, shard: String)] = []
    let place = self
    try object(duplicate: { place.indexFault("each tensor name once", found: "\(quoted($0)) twice") }) { reader, key in
      if key.isEmpty { throw reader.indexFault("a name for every tensor", found: "an empty one") }
      if reader.peek != UInt8(ascii: "\"") {
        throw reader.indexFault("a file name for key \(quoted(key))", found: reader.found)
      }
      let shard = try reader.string()
      let plain = shard.unicodeScalars.allSatisfy { $0 != "/" && $0 != "\\" && $0.value >= 0x20 }
      if !plain || shard.hasPrefix(".") || !shard.hasSuffix(".safetensors") {
        throw reader.indexFault(
          "the plain name of a .safetensors file beside the index for key \(quoted(key))", found: quoted(shard),
          advice: "correct the index")
      }
      entries.append((key, shard))
    }
    return entries
  }
}
