/// Reads what stands before a GGUF file's data, one field after the other and none past the end. All numbers are little-endian.
struct GGUFCursor {
  /// The first bytes of the file, as many as a header may have.
  private let bytes: UnsafeRawBufferPointer
  private let isWhole: Bool
  let file: String
  /// Where the next field begins.
  private(set) var place = 0

  /// - Parameters:
  ///   - bytes: the whole file's.
  ///   - limit: where the header must have ended.
  init(_ bytes: UnsafeRawBufferPointer, limit: Int, file: String) {
    self.bytes = UnsafeRawBufferPointer(rebasing: bytes.prefix(limit))
    (isWhole, self.file) = (bytes.count <= limit, file)
  }

  /// - Parameter what: names the field in an error, such as "the metadata's count".
  /// - Throws: `CheckpointError`, as all that reads here, if the field isn't whole.
  mutating func number<Number: FixedWidthInteger>(_ what: @autoclosure () -> String, as type: Number.Type = Number.self) throws
    -> Number
  {
    let start = place
    try skip(UInt64(Number.bitWidth / 8), what())
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: Number.self))
  }

  mutating func skip(_ count: UInt64, _ what: @autoclosure () -> String) throws {
    guard count <= UInt64(bytes.count - place) else {
      if isWhole {
        throw CheckpointError(
          .cutShort, file,
          "\(what()) should have \(count) bytes from byte \(place) on but the file ends at byte \(bytes.count); "
            + "it was cut short or damaged, so download it again")
      }
      throw CheckpointError(
        .header, file,
        "what stands before the data may have \(bytes.count) bytes, \(what()) goes beyond that; download the file again")
    }
    place += Int(count)
  }

  /// Reads a text with its length before it.
  mutating func text(_ what: @autoclosure () -> String, limit: UInt64 = 65_535) throws -> String {
    let count: UInt64 = try number("the length of \(what())")
    guard count <= limit else {
      throw CheckpointError.damaged(
        .header, file, expected: "at most \(limit) bytes as \(what())", found: "a length of \(count)")
    }
    let start = place
    try skip(count, what())
    guard let text = String(validating: bytes[start..<place], as: UTF8.self) else {
      throw CheckpointError.damaged(.header, file, expected: "\(what()) at byte \(start) in UTF-8", found: "other bytes")
    }
    return text
  }
}

extension CheckpointError {
  /// For what no writer makes.
  static func damaged(_ kind: Kind, _ file: String, expected: String, found: String) -> CheckpointError {
    CheckpointError(kind, file, expected: expected, found: found, advice: "the file is damaged, so download it again")
  }
}
