/// What is kept of a GGUF file's metadata; the rest, such as a tokenizer's words, is passed over.
struct GGUFMetadata: Sendable {
  /// `general.architecture`, such as `flux` or `t5encoder`.
  private(set) var architecture: String?
  /// `general.alignment`: tensors begin at multiples of it, a power of two.
  private(set) var alignment = 32
  /// `comfy.gguf.orig_shape.NAME`: shapes, outermost first, of tensors that were stored in another because their last dimension
  /// isn't whole blocks.
  private(set) var originalShapes: [String: [Int]] = [:]

  /// More entries than this are no model's.
  static let countLimit: UInt64 = 65_536
  private static let shapePrefix = "comfy.gguf.orig_shape."
  /// Arrays within arrays.
  private static let depthLimit = 4

  /// The number of a value's type in the file.
  private enum Kind: UInt32 {
    case uint8, int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// nil for values that tell their own length.
    var byteCount: UInt64? {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      case .string, .array: nil
      }
    }
  }

  /// - Throws: `CheckpointError`.
  init(_ cursor: inout GGUFCursor, count: UInt64) throws {
    var keys: Set<String> = []
    for _ in 0..<count {
      let key = try cursor.text("a metadata key")
      let entry = "metadata entry \(quoted(key))"
      if !keys.insert(key).inserted {
        throw CheckpointError.damaged(.metadata, cursor.file, expected: "each metadata key once", found: "\(quoted(key)) twice")
      }
      let kind = try Self.kind(of: entry, &cursor)
      func expect(_ expected: Kind, _ words: String) throws {
        if kind != expected { throw Self.bad(words, entry, "\(kind)", cursor.file) }
      }
      switch key {
      case "general.architecture":
        try expect(.string, "a string")
        architecture = try cursor.text(entry)
      case "general.alignment":
        try expect(.uint32, "a uint32")
        let found: UInt32 = try cursor.number(entry)
        guard found.nonzeroBitCount == 1 else { throw Self.bad("a power of two", entry, "\(found)", cursor.file) }
        alignment = Int(found)
      case "split.count":
        try expect(.uint16, "a uint16")
        let found: UInt16 = try cursor.number(entry)
        if found > 1 {
          throw CheckpointError(
            .header, cursor.file, "this is one of \(found) parts; merge them with llama-gguf-split and give the whole file")
        }
      case _ where key.hasPrefix(Self.shapePrefix):
        try expect(.array, "an array of whole numbers")
        originalShapes[String(key.dropFirst(Self.shapePrefix.count))] = try Self.shape(entry, &cursor)
      default: try Self.skip(kind, entry, &cursor)
      }
    }
  }

  private static func kind(of what: String, _ cursor: inout GGUFCursor) throws -> Kind {
    let number: UInt32 = try cursor.number("the type of \(what)")
    guard let kind = Kind(rawValue: number) else { throw bad("a type from 0 to 12", what, "\(number)", cursor.file) }
    return kind
  }

  private static func skip(_ kind: Kind, _ what: String, depth: Int = 0, _ cursor: inout GGUFCursor) throws {
    if let size = kind.byteCount { return try cursor.skip(size, what) }
    let count: UInt64
    switch kind {
    case .array:
      if depth == depthLimit { throw bad("at most \(depthLimit) arrays within each other", what, "more", cursor.file) }
      let element = try Self.kind(of: "the elements of \(what)", &cursor)
      count = try cursor.number("the length of \(what)")
      if let size = element.byteCount {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        return try cursor.skip(overflow ? .max : bytes, what)
      }
      // Each element takes eight bytes at least, so a false count ends with the file.
      for _ in 0..<count { try skip(element, what, depth: depth + 1, &cursor) }
    default:
      count = try cursor.number("the length of \(what)")
      try cursor.skip(count, what)
    }
  }

  private static func shape(_ what: String, _ cursor: inout GGUFCursor) throws -> [Int] {
    let element = try kind(of: "the elements of \(what)", &cursor)
    let count: UInt64 = try cursor.number("the length of \(what)")
    if count > UInt64(SafetensorsHeader.dimensionLimit) {
      throw bad("at most \(SafetensorsHeader.dimensionLimit) sizes", what, "\(count)", cursor.file)
    }
    return try (0..<count).map { _ in
      let size: Int?
      switch element {
      case .int32: size = Int(try cursor.number(what, as: Int32.self))
      case .uint32: size = Int(try cursor.number(what, as: UInt32.self))
      case .int64: size = Int(try cursor.number(what, as: Int64.self))
      case .uint64: size = Int(exactly: try cursor.number(what, as: UInt64.self))
      default: throw bad("whole numbers of 32 or 64 bits", what, "\(element)", cursor.file)
      }
      guard let size, size >= 0 else { throw bad("sizes from zero up to 2^63", what, "another", cursor.file) }
      return size
    }
  }

  private static func bad(_ expected: String, _ what: String, _ found: String, _ file: String) -> CheckpointError {
    CheckpointError.damaged(.metadata, file, expected: "\(expected) as \(what)", found: found)
  }
}
