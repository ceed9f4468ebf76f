import LoRWeBTorch

/// What a safetensors file says about its tensors: names, dtypes, shapes, places, and free metadata.
///
/// Layout of a file: 8 bytes little-endian length `n`, `n` bytes of JSON, then the data. A header that exists has been checked
/// against the data's size: every tensor's bytes lie inside it, are as many as shape and dtype need, and all together cover it
/// without overlap or hole.
public struct SafetensorsHeader: Sendable {
  /// One tensor's line in the header.
  public struct Entry: Equatable, Sendable {
    /// The tensor's name.
    public let name: String
    /// Its element type.
    public let dtype: DType
    /// Its sizes, outermost first; empty for a scalar.
    public let shape: [Int]
    /// Its bytes, counted from the beginning of the data.
    public let byteRange: Range<Int>
  }

  /// The longest header the reference library reads or writes, in bytes.
  public static let sizeLimit = 100_000_000
  /// More dimensions than torch's iterators take are no tensor.
  public static let dimensionLimit = 64
  /// The name under which a file keeps its metadata.
  static let metadataName = "__metadata__"

  /// Tensors in the order in which the header names them.
  public let entries: [Entry]
  /// The file's `__metadata__`, in file order.
  public let metadata: SafetensorsMetadata
  private let places: [String: Int]

  /// The entry of a tensor, nil if the file has none of this name.
  public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// Reads the JSON of a file whose data has `dataCount` bytes.
  ///
  /// - Throws: `CheckpointError`, a case of its own for each rule that is broken.
  init(json: [UInt8], dataCount: Int, file: String) throws {
    if json.isEmpty { throw CheckpointError.headerEmpty(file: file) }
    var reader = try JSONReader(json, file: file)
    if reader.peek != UInt8(ascii: "{") { throw CheckpointError.headerNotObject(file: file, found: reader.found) }
    var entries: [Entry] = []
    var metadata = SafetensorsMetadata()
    try reader.object(duplicate: { .duplicateName(file: file, name: $0) }) { reader, name in
      if name == Self.metadataName {
        metadata = try reader.metadata()
      } else {
        entries.append(try reader.entry(name))
      }
    }
    try reader.end()
    try Self.check(entries, cover: dataCount, file: file)
    self.entries = entries
    self.metadata = metadata
    places = entries.enumerated().reduce(into: [:]) { $0[$1.element.name] = $1.offset }
  }

  /// Checks that the tensors lie one after the other, from the data's first byte to its last.
  private static func check(_ entries: [Entry], cover dataCount: Int, file: String) throws {
    for entry in entries where entry.byteRange.upperBound > dataCount {
      throw CheckpointError.offsetsOutsideFile(
        file: file, name: entry.name, end: entry.byteRange.upperBound, available: dataCount)
    }
    var end = 0
    var before = ""
    let inFileOrder = entries.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    for entry in inFileOrder {
      let begin = entry.byteRange.lowerBound
      if begin < end { throw CheckpointError.overlap(file: file, name: entry.name, other: before, offset: begin) }
      if begin > end { throw CheckpointError.hole(file: file, name: entry.name, begin: end, end: begin) }
      (end, before) = (entry.byteRange.upperBound, entry.name)
    }
    if end < dataCount { throw CheckpointError.trailingBytes(file: file, expected: end, found: dataCount) }
  }
}

extension JSONReader {
  /// Reads `__metadata__`: an object of strings.
  fileprivate mutating func metadata() throws -> SafetensorsMetadata {
    let file = file
    if peek != UInt8(ascii: "{") { throw CheckpointError.metadataNotObject(file: file, found: found) }
    var entries: [(key: String, value: String)] = []
    try object(duplicate: { .duplicateMetadataKey(file: file, key: $0) }) { reader, key in
      if reader.peek != UInt8(ascii: "\"") {
        throw CheckpointError.metadataNotString(file: file, key: key, found: reader.found)
      }
      entries.append((key, try reader.string()))
    }
    return SafetensorsMetadata(distinct: entries)
  }

  /// Reads one tensor's entry: an object of exactly `dtype`, `shape` and `data_offsets`.
  ///
  /// The reference library ignores other fields; here they are refused, because what they mean can't be known.
  fileprivate mutating func entry(_ name: String) throws -> SafetensorsHeader.Entry {
    let file = file
    if name.isEmpty { throw CheckpointError.emptyName(file: file) }
    if peek != UInt8(ascii: "{") { throw CheckpointError.entryNotObject(file: file, name: name, found: found) }
    var dtype: DType?
    var shape: [Int]?
    var offsets: (begin: Int, end: Int)?
    try object(duplicate: { .duplicateField(file: file, name: name, field: $0) }) { reader, field in
      switch field {
      case "dtype": dtype = try reader.dtype(of: name)
      case "shape": shape = try reader.shape(of: name)
      case "data_offsets": offsets = try reader.offsets(of: name)
      default: throw CheckpointError.unknownField(file: file, name: name, field: field)
      }
    }
    guard let dtype else { throw CheckpointError.missingField(file: file, name: name, field: "dtype") }
    guard let shape else { throw CheckpointError.missingField(file: file, name: name, field: "shape") }
    guard let offsets else { throw CheckpointError.missingField(file: file, name: name, field: "data_offsets") }
    guard let needed = dtype.byteCount(shape: shape) else {
      throw CheckpointError.sizeOverflow(file: file, name: name, shape: shape)
    }
    let (begin, end) = offsets
    if begin > end { throw CheckpointError.offsetsReversed(file: file, name: name, begin: begin, end: end) }
    if end - begin != needed {
      throw CheckpointError.sizeMismatch(
        file: file, name: name, shape: shape, dtype: dtype.safetensorsName, expected: needed, found: end - begin)
    }
    return SafetensorsHeader.Entry(name: name, dtype: dtype, shape: shape, byteRange: begin..<end)
  }

  private mutating func dtype(of name: String) throws -> DType {
    if peek != UInt8(ascii: "\"") { throw wrongType("a string", field: "dtype", name) }
    let text = try string()
    if DType.unsupportedSafetensorsNames.contains(text) {
      throw CheckpointError.unsupportedDType(file: file, name: name, found: text)
    }
    guard let dtype = DType(safetensorsName: text) else {
      throw CheckpointError.unknownDType(file: file, name: name, found: text)
    }
    return dtype
  }

  private mutating func shape(of name: String) throws -> [Int] {
    if peek != UInt8(ascii: "[") { throw wrongType("an array of numbers", field: "shape", name) }
    let file = file
    var sizes: [Int] = []
    try array { reader in
      if sizes.count == SafetensorsHeader.dimensionLimit {
        throw CheckpointError.tooManyDimensions(file: file, name: name, limit: SafetensorsHeader.dimensionLimit)
      }
      sizes.append(try reader.size(in: "shape", of: name))
    }
    return sizes
  }

  private mutating func offsets(of name: String) throws -> (begin: Int, end: Int) {
    if peek != UInt8(ascii: "[") { throw wrongType("an array of two numbers", field: "data_offsets", name) }
    var (begin, end, count) = (0, 0, 0)
    try array { reader in
      (begin, end) = (end, try reader.size(in: "data_offsets", of: name))
      count += 1
    }
    if count != 2 { throw CheckpointError.wrongOffsetCount(file: file, name: name, found: count) }
    return (begin, end)
  }

  /// Reads a whole number from zero up.
  private mutating func size(in field: String, of name: String) throws -> Int {
    guard let byte = peek, byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
      throw wrongType("numbers", field: field, name)
    }
    let text = try number()
    let found = text.count > 40 ? String(text.prefix(40)) + "…" : text
    if text.hasPrefix("-") { throw CheckpointError.negativeNumber(file: file, name: name, field: field, found: found) }
    if text.contains(where: { ".eE".contains($0) }) {
      throw CheckpointError.fractionalNumber(file: file, name: name, field: field, found: found)
    }
    guard let size = Int(text) else {
      throw CheckpointError.numberTooLarge(file: file, name: name, field: field, found: found)
    }
    return size
  }

  private func wrongType(_ expected: String, field: String, _ name: String) -> CheckpointError {
    .wrongFieldType(file: file, name: name, field: field, expected: expected, found: found)
  }
}
