import LoRWeBTorch

/// What a safetensors file says about its tensors: names, dtypes, shapes, places, and free metadata.
///
/// Layout of a file: 8 bytes little-endian length `n`, `n` bytes of JSON, then the data. A header that exists has been checked
/// against the data's size: every tensor's bytes lie inside it, are as many as shape and dtype need, and all together cover it
/// without overlap or hole.
public struct SafetensorsHeader: Sendable {
  /// One tensor's line in the header.
  public struct Entry: Equatable, Sendable {
    public let name: String
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
  /// - Throws: `CheckpointError`, a sentence of its own for each rule that is broken.
  init(json: [UInt8], dataCount: Int, file: String) throws {
    if json.isEmpty {
      throw CheckpointError(
        .header, file, expected: "a JSON header", found: "a header of 0 bytes", advice: "copy or download the file again")
    }
    var reader = try JSONReader(json, file: file)
    try reader.expectObject()
    var entries: [Entry] = []
    var metadata = SafetensorsMetadata()
    try reader.object(duplicate: { .duplicateName(file, $0) }) { reader, name in
      if name == Self.metadataName {
        metadata = try reader.metadata()
      } else {
        entries.append(try reader.entry(name))
      }
    }
    try reader.end()
    try Self.check(entries, cover: dataCount, file: file)
    (self.entries, self.metadata) = (entries, metadata)
    places = entries.enumerated().reduce(into: [:]) { $0[$1.element.name] = $1.offset }
  }

  /// Checks that the tensors lie one after the other, from the data's first byte to its last.
  private static func check(_ entries: [Entry], cover dataCount: Int, file: String) throws {
    for entry in entries where entry.byteRange.upperBound > dataCount {
      throw CheckpointError(
        .layout, file,
        "tensor \(quoted(entry.name)) should end at byte \(entry.byteRange.upperBound) of the data but the file holds "
          + "\(dataCount); it was cut short, so copy or download it again")
    }
    var end = 0
    var before = ""
    let inFileOrder = entries.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    for entry in inFileOrder {
      let begin = entry.byteRange.lowerBound
      if begin < end {
        throw CheckpointError(
          .layout, file, expected: "bytes of its own for each tensor",
          found: "\(quoted(entry.name)) beginning at byte \(begin) inside \(quoted(before))")
      }
      if begin > end {
        throw CheckpointError(
          .layout, file, expected: "tensor \(quoted(entry.name)) to begin at byte \(end) of the data",
          found: "it at \(begin) with bytes of no tensor between")
      }
      (end, before) = (entry.byteRange.upperBound, entry.name)
    }
    guard end == dataCount else {
      throw CheckpointError(
        .layout, file,
        "expected \(end) bytes of data, found \(dataCount); bytes of no tensor follow, so write the file again")
    }
  }
}

extension JSONReader {
  /// Reads `__metadata__`: an object of strings.
  fileprivate mutating func metadata() throws -> SafetensorsMetadata {
    let file = file
    func bad(_ expected: String, _ found: String) -> CheckpointError {
      CheckpointError(.metadata, file, expected: expected, found: found)
    }
    if peek != UInt8(ascii: "{") { throw bad("an object of strings as __metadata__", found) }
    var entries: [(key: String, value: String)] = []
    try object(duplicate: { bad("each metadata key once", "\(quoted($0)) twice") }) { reader, key in
      if reader.peek != UInt8(ascii: "\"") { throw bad("a string as metadata entry \(quoted(key))", reader.found) }
      entries.append((key, try reader.string()))
    }
    return SafetensorsMetadata(distinct: entries)
  }

  /// Reads one tensor's entry: an object of exactly `dtype`, `shape` and `data_offsets`.
  ///
  /// The reference library ignores other fields; here they are refused, because what they mean can't be known.
  fileprivate mutating func entry(_ name: String) throws -> SafetensorsHeader.Entry {
    if name.isEmpty { throw CheckpointError.emptyName(file) }
    let tensor = TensorEntry(file: file, name: name)
    if peek != UInt8(ascii: "{") { throw tensor.fault("an object as entry of", found: found) }
    var dtype: DType?
    var shape: [Int]?
    var offsets: (begin: Int, end: Int)?
    try object(duplicate: { tensor.fault("\(quoted($0)) of", "once", found: "it twice") }) { reader, field in
      switch field {
      case "dtype": dtype = try reader.dtype(of: tensor)
      case "shape": shape = try reader.shape(of: tensor)
      case "data_offsets": offsets = try reader.offsets(of: tensor)
      default: throw tensor.fault("dtype, shape and data_offsets of", found: "\(quoted(field)) too")
      }
    }
    func missing(_ field: String) -> CheckpointError {
      tensor.fault("dtype, shape and data_offsets of", found: "no \(quoted(field))")
    }
    guard let dtype else { throw missing("dtype") }
    guard let shape else { throw missing("shape") }
    guard let (begin, end) = offsets else { throw missing("data_offsets") }
    guard let needed = dtype.byteCount(shape: shape) else { throw CheckpointError.sizeOverflow(file, name, shape) }
    if begin > end { throw tensor.fault("data_offsets of", "in rising order", found: "\(begin) then \(end)") }
    if end - begin != needed {
      throw CheckpointError(
        .entry, file,
        "tensor \(quoted(name)) of shape \(brief(shape)) and dtype \(dtype.safetensorsName) needs \(needed) bytes, "
          + "its data_offsets span \(end - begin); write the file again")
    }
    return SafetensorsHeader.Entry(name: name, dtype: dtype, shape: shape, byteRange: begin..<end)
  }

  private mutating func dtype(of tensor: TensorEntry) throws -> DType {
    if peek != UInt8(ascii: "\"") { throw tensor.fault("a string as dtype of", found: found) }
    let text = try string()
    if let dtype = DType(safetensorsName: text) { return dtype }
    let isKnown = DType.unsupportedSafetensorsNames.contains(text)
    throw tensor.fault(
      "one of \(DType.safetensorsNames) as dtype of",
      found: isKnown ? "\(text), which nothing here computes with" : quoted(text),
      advice: isKnown ? "convert the tensor" : "write the file again with one of these")
  }

  private mutating func shape(of tensor: TensorEntry) throws -> [Int] {
    if peek != UInt8(ascii: "[") { throw tensor.fault("an array of numbers as shape of", found: found) }
    var sizes: [Int] = []
    try array { reader in
      if sizes.count == SafetensorsHeader.dimensionLimit {
        throw tensor.fault("at most \(SafetensorsHeader.dimensionLimit) dimensions in the shape of", found: "more")
      }
      sizes.append(try reader.size(in: "shape", of: tensor))
    }
    return sizes
  }

  private mutating func offsets(of tensor: TensorEntry) throws -> (begin: Int, end: Int) {
    if peek != UInt8(ascii: "[") { throw tensor.fault("an array of two numbers as data_offsets of", found: found) }
    var (begin, end, count) = (0, 0, 0)
    try array { reader in
      (begin, end) = (end, try reader.size(in: "data_offsets", of: tensor))
      count += 1
    }
    if count != 2 { throw tensor.fault("two numbers in data_offsets of", found: "\(count)") }
    return (begin, end)
  }

  /// Reads a whole number from zero up.
  private mutating func size(in field: String, of tensor: TensorEntry) throws -> Int {
    guard let byte = peek, byte == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else {
      throw tensor.fault("numbers as \(field) of", found: found)
    }
    let text = try number()
    func refused(_ expected: String) -> CheckpointError {
      tensor.fault("\(expected) in \(field) of", found: text.count > 40 ? text.prefix(40) + "…" : text)
    }
    if text.hasPrefix("-") { throw refused("a number of zero or more") }
    if text.contains(where: { ".eE".contains($0) }) { throw refused("a whole number") }
    guard let size = Int(text) else { throw refused("a number below 2^63") }
    return size
  }
}

/// The tensor whose entry is read, for error texts.
private struct TensorEntry {
  let file, name: String

  func fault(
    _ expected: String, _ more: String? = nil, found: String, advice: String = "write the file again"
  ) -> CheckpointError {
    CheckpointError(
      .entry, file, expected: "\(expected) tensor \(quoted(name))" + (more.map { " \($0)" } ?? ""), found: found,
      advice: advice)
  }
}
