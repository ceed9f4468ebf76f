import LoRWeBTorch

/// What a GGUF file says about its tensors: names, types, shapes and places.
///
/// Layout of a file, versions 2 and 3: the letters `GGUF`, the version, how many tensors and metadata entries there are, these
/// entries, a line for each tensor, then the data from the next multiple of the alignment on. A header that exists has been checked
/// against the file: every tensor lies inside it on the alignment, and all together cover the data without overlap or hole.
public struct GGUFHeader: Sendable {
  /// One tensor's line.
  public struct Entry: Sendable {
    public let name: String
    public let type: GGUFType
    /// Its sizes as torch has them, outermost first; empty for a scalar. Where the file's metadata tells that a tensor was stored in
    /// another shape than its own, this is its own.
    public let shape: [Int]
    /// Its bytes, counted from the beginning of the file.
    public let byteRange: Range<Int>
  }

  /// Tensors in the order in which the file names them.
  public let entries: [Entry]
  /// The kind of model, such as `flux` or `t5encoder`, where the file names it.
  public let architecture: String?
  /// Bytes before the data.
  let byteCount: Int
  private let places: [String: Int]

  /// Metadata and tensors' lines take less; a file that needs more is damaged.
  static let sizeLimit = 100_000_000
  /// Sizes a tensor may have, as in ggml.
  static let dimensionLimit: UInt32 = 4
  private static let magic = Array("GGUF".utf8)

  /// The entry of a tensor, nil if the file has none of this name.
  public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

  /// Reads the header of a file.
  /// - Parameter bytes: the whole file.
  /// - Throws: `CheckpointError`, a sentence of its own for each rule that is broken.
  init(_ bytes: UnsafeRawBufferPointer, file: String) throws {
    var cursor = GGUFCursor(bytes, limit: Self.sizeLimit, file: file)
    try Self.checkFormat(bytes, &cursor)
    let tensorCount = try Self.count("tensors", &cursor)
    let metadata = try GGUFMetadata(&cursor, count: Self.count("metadata entries", &cursor))
    var lines: [Line] = []
    for _ in 0..<tensorCount { lines.append(try Line(&cursor, metadata)) }
    let start = Self.aligned(cursor.place, metadata.alignment)
    byteCount = cursor.place
    architecture = metadata.architecture
    entries = try lines.map {
      try $0.entry(dataStart: start, fileCount: bytes.count, alignment: metadata.alignment, file: file)
    }
    var places: [String: Int] = [:]
    for (place, entry) in entries.enumerated() where places.updateValue(place, forKey: entry.name) != nil {
      throw CheckpointError.duplicateName(file, entry.name)
    }
    self.places = places
    try Self.check(entries, from: start, to: bytes.count, alignment: metadata.alignment, file: file)
  }

  private static func checkFormat(_ bytes: UnsafeRawBufferPointer, _ cursor: inout GGUFCursor) throws {
    let file = cursor.file
    if !bytes.starts(with: magic) {
      if let format = ForeignFormat(firstBytes: bytes) {
        throw CheckpointError(.foreignFormat, file, expected: "a GGUF file", found: format.name, advice: format.advice)
      }
      throw CheckpointError(
        .header, file, expected: "a GGUF file, which begins with the letters GGUF", found: "other bytes",
        advice: "download it again, or name it by its own format's ending")
    }
    try cursor.skip(4, "the letters GGUF")
    let version: UInt32 = try cursor.number("the version")
    switch version {
    case 2, 3: break
    case 1:
      throw CheckpointError(
        .header, file, expected: "GGUF version 2 or 3", found: "version 1", advice: "convert the model again")
    case _ where version != 0 && version & 0xFFFF == 0:
      throw CheckpointError(
        .header, file, expected: "little-endian numbers", found: "a big-endian file", advice: "give the little-endian one")
    default:
      throw CheckpointError(
        .header, file, expected: "GGUF version 2 or 3", found: "version \(version)",
        advice: "give a file of one of these versions")
    }
  }

  private static func count(_ what: String, _ cursor: inout GGUFCursor) throws -> UInt64 {
    let count: UInt64 = try cursor.number("the number of \(what)")
    guard count <= GGUFMetadata.countLimit else {
      throw CheckpointError.damaged(
        .header, cursor.file, expected: "at most \(GGUFMetadata.countLimit) \(what)", found: "\(count)")
    }
    return count
  }

  /// The next multiple of the alignment, a power of two.
  private static func aligned(_ place: Int, _ alignment: Int) -> Int { (place + alignment - 1) & ~(alignment - 1) }

  /// Checks that the tensors lie one after the other, each on the alignment, from the data's first byte to the file's last.
  private static func check(_ entries: [Entry], from start: Int, to fileCount: Int, alignment: Int, file: String) throws {
    var end = start
    var before = ""
    let inFileOrder = entries.sorted {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    for entry in inFileOrder {
      let (begin, wanted) = (entry.byteRange.lowerBound, aligned(end, alignment))
      if begin < end {
        throw CheckpointError.damaged(
          .layout, file, expected: "bytes of its own for each tensor",
          found: "\(quoted(entry.name)) beginning at byte \(begin) inside \(quoted(before))")
      }
      if begin > wanted {
        throw CheckpointError.damaged(
          .layout, file, expected: "tensor \(quoted(entry.name)) to begin at byte \(wanted)",
          found: "it at \(begin) with bytes of no tensor between")
      }
      (end, before) = (entry.byteRange.upperBound, entry.name)
    }
    if fileCount > aligned(end, alignment) {
      throw CheckpointError.damaged(
        .layout, file, expected: "the file to end with its last tensor at byte \(end)", found: "\(fileCount) bytes")
    }
  }
}

/// A tensor's line as it stands in the file.
private struct Line {
  let name: String
  let type: GGUFType
  let shape: [Int]
  let byteCount: Int
  /// From the beginning of the data.
  let offset: UInt64

  init(_ cursor: inout GGUFCursor, _ metadata: GGUFMetadata) throws {
    let file = cursor.file
    let name = try cursor.text("a tensor's name")
    if name.isEmpty { throw CheckpointError.emptyName(file) }
    let tensor = "tensor \(quoted(name))"
    let dimensions: UInt32 = try cursor.number("the number of dimensions of \(tensor)")
    guard dimensions <= GGUFHeader.dimensionLimit else {
      throw CheckpointError.damaged(
        .entry, file, expected: "at most \(GGUFHeader.dimensionLimit) dimensions of \(tensor)", found: "\(dimensions)")
    }
    var stored: [Int] = []
    for _ in 0..<dimensions {
      let size: UInt64 = try cursor.number("the shape of \(tensor)")
      guard let size = Int(exactly: size) else {
        throw CheckpointError(.entry, file, expected: "sizes below 2^63 of \(tensor)", found: "\(size)")
      }
      stored.insert(size, at: 0)
    }
    type = try GGUFType(number: cursor.number("the type of \(tensor)"), of: name, file: file)
    if !(stored.last ?? 1).isMultiple(of: type.blockCount) {
      throw CheckpointError(
        .entry, file, expected: "a last size that \(type.blockCount) divides for \(tensor) of type \(type.name)",
        found: "shape \(brief(stored))")
    }
    guard let byteCount = type.byteCount(shape: stored) else { throw CheckpointError.sizeOverflow(file, name, stored) }
    offset = try cursor.number("the place of \(tensor)")
    let own = metadata.originalShapes[name] ?? stored
    guard type.dtype.byteCount(shape: own) == type.dtype.byteCount(shape: stored) else {
      throw CheckpointError(
        .metadata, file, expected: "as many numbers as \(brief(stored)) has in the original shape of \(tensor)",
        found: "\(brief(own))")
    }
    (self.name, shape, self.byteCount) = (name, own, byteCount)
  }

  func entry(dataStart: Int, fileCount: Int, alignment: Int, file: String) throws -> GGUFHeader.Entry {
    guard offset.isMultiple(of: UInt64(alignment)) else {
      throw CheckpointError.damaged(
        .layout, file, expected: "tensor \(quoted(name)) to begin at a multiple of \(alignment) bytes",
        found: "it at \(offset)")
    }
    let room = UInt64(max(fileCount - dataStart, 0))
    guard offset <= room, UInt64(byteCount) <= room - offset else {
      throw CheckpointError(
        .layout, file,
        "tensor \(quoted(name)) should have \(byteCount) bytes from byte \(offset) of the data on but the file holds \(room); "
          + "it was cut short, so copy or download it again")
    }
    let begin = dataStart + Int(offset)
    return GGUFHeader.Entry(name: name, type: type, shape: shape, byteRange: begin..<begin + byteCount)
  }
}
