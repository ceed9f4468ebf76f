import LoRWeBCheckpoints

/// What a file's names and shapes say about the basis in it (the published format, docs/method.md).
struct BasisLayout: Equatable {
  let size: BasisSize
  let layers: [AdaptedLinear]
  /// False for `query_projection_type: none`.
  let hasProjection: Bool

  private static let prefix = "transformer."
  private static let suffixes = [".lora_A", ".lora_B", ".lora_keys", ".att_lora_to_q.weight"]

  /// - Throws: `AdapterError.noBasis` or `.badLayer`.
  init(_ entries: [(name: String, shape: [Int])], location: String) throws {
    func refused(_ key: String, _ problem: String) -> AdapterError { .badLayer(location: location, key: key, problem: problem) }
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
    if let foreign { throw refused(foreign, "the key is none of a basis's (transformer.<layer>\(Self.suffixes[0]) and so on)") }
    let parsed = try found.sorted { $0.key < $1.key }.map { try Self.layer($0.key, $0.value, refused) }
    layers = parsed.map(\.linear)
    (_, size, hasProjection) = parsed[0]
    for other in parsed where other.size != size || other.hasProjection != hasProjection {
      throw refused(
        other.linear.path,
        "its sizes \(other.size) differ from \(layers[0].path)'s \(size); all layers of a basis share theirs")
    }
  }

  private static func layer(
    _ path: String, _ shapes: [String: [Int]], _ refused: (_ key: String, _ problem: String) -> AdapterError
  ) throws -> (linear: AdaptedLinear, size: BasisSize, hasProjection: Bool) {
    func shape(_ suffix: String, _ dimensions: Int, _ meaning: String) throws -> [Int] {
      guard let shape = shapes[suffix] else { throw refused(prefix + path + suffix, "the tensor is missing") }
      guard shape.count == dimensions, shape.allSatisfy({ $0 > 0 }) else {
        throw refused(prefix + path + suffix, "shape \(shape), expected \(meaning)")
      }
      return shape
    }
    let a = try shape(suffixes[0], 3, "[N, in, r]")
    let b = try shape(suffixes[1], 3, "[N, r, out]")
    let keys = try shape(suffixes[2], 2, "[N, d]")
    let hasProjection = shapes[suffixes[3]] != nil
    let toQ = hasProjection ? try shape(suffixes[3], 2, "[d, Q]") : [keys[1], keys[1]]
    guard b[0] == a[0], keys[0] == a[0], b[1] == a[2], toQ[0] == keys[1] else {
      throw refused(prefix + path, "A \(a), B \(b), keys \(keys) and to_q \(toQ) don't agree on N, r and d")
    }
    let size = BasisSize(count: a[0], rank: a[2], keyWidth: keys[1], queryWidth: toQ[1])
    return (AdaptedLinear(path: path, inputs: a[1], outputs: b[2]), size, hasProjection)
  }
}
