import LoRWeBCheckpoints

/// What a file's names and shapes say about the basis in it (the published format, docs/method.md).
struct BasisLayout: Equatable {
  let size: BasisSize
  let layers: [AdaptedLinear]
  /// False for `query_projection_type: none`.
  let hasProjection: Bool

  private static let prefix = "transformer."
  private static let suffixes = [".lora_A", ".lora_B", ".lora_keys", ".att_lora_to_q.weight"]

  /// - Parameters:
  ///   - entries: name to shape.
  ///   - location: for messages.
  /// - Throws: `AdapterError.noBasis` or `.badLayer`.
  init(_ entries: [(name: String, shape: [Int])], location: String) throws {
    var found: [String: [String: [Int]]] = [:]
    var foreign: String?
    for (name, shape) in entries {
      guard name.hasPrefix(Self.prefix), let suffix = Self.suffixes.first(where: name.hasSuffix) else {
        foreign = foreign ?? name
        continue
      }
      found[String(name.dropFirst(Self.prefix.count).dropLast(suffix.count)), default: [:]][suffix] = shape
    }
    guard found.contains(where: { $0.value[".lora_A"] != nil }) else {
      throw AdapterError.noBasis(location: location, example: entries.first?.name)
    }
    if let foreign {
      throw AdapterError.badLayer(
        location: location, key: foreign,
        problem: "the key is none of a basis's (transformer.<layer>\(Self.suffixes[0]) and so on)")
    }
    var sizes: [(path: String, size: BasisSize, hasProjection: Bool)] = []
    layers = try found.sorted { $0.key < $1.key }.map { path, shapes in
      let layer = try Self.layer(path, shapes, location: location)
      sizes.append((path, layer.size, shapes[Self.suffixes[3]] != nil))
      return layer.linear
    }
    (_, size, hasProjection) = sizes[0]
    for other in sizes where other.size != size || other.hasProjection != hasProjection {
      throw AdapterError.badLayer(
        location: location, key: other.path,
        problem: "its sizes \(other.size) differ from \(sizes[0].path)'s \(size); all layers of a basis share theirs")
    }
  }

  private static func layer(
    _ path: String, _ shapes: [String: [Int]], location: String
  ) throws -> (linear: AdaptedLinear, size: BasisSize) {
    func shape(_ suffix: String, _ dimensions: Int, _ meaning: String) throws -> [Int] {
      let key = prefix + path + suffix
      guard let shape = shapes[suffix] else {
        throw AdapterError.badLayer(location: location, key: key, problem: "the tensor is missing")
      }
      guard shape.count == dimensions, shape.allSatisfy({ $0 > 0 }) else {
        throw AdapterError.badLayer(location: location, key: key, problem: "shape \(shape), expected \(meaning)")
      }
      return shape
    }
    let a = try shape(suffixes[0], 3, "[N, in, r]")
    let b = try shape(suffixes[1], 3, "[N, r, out]")
    let keys = try shape(suffixes[2], 2, "[N, d]")
    let toQ = shapes[suffixes[3]] == nil ? [keys[1], keys[1]] : try shape(suffixes[3], 2, "[d, Q]")
    guard b[0] == a[0], keys[0] == a[0], b[1] == a[2], toQ[0] == keys[1] else {
      throw AdapterError.badLayer(
        location: location, key: prefix + path,
        problem: "A \(a), B \(b), keys \(keys) and to_q \(toQ) don't agree on N, r and d")
    }
    let size = BasisSize(count: a[0], rank: a[2], keyWidth: keys[1], queryWidth: toQ[1])
    return (AdaptedLinear(path: path, inputs: a[1], outputs: b[2]), size)
  }
}
