/// Protobuf's wire format, as much as reading the fields of a message in order needs.
enum ProtobufFields {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64
    case bytes(Range<Int>)
  }

  /// Calls `body` with the number and value of every field of the message in `range`.
  ///
  /// - Throws: `SentencePieceFile.Damage` where the message isn't whole; whatever `body` throws.
  static func forEach(in bytes: [UInt8], _ range: Range<Int>, _ body: (UInt64, Value) throws -> Void) throws {
    var at = range.lowerBound
    while at < range.upperBound {
      let key = try varint(bytes, &at, range.upperBound)
      let value: Value
      switch key & 7 {
      case 0: value = .varint(try varint(bytes, &at, range.upperBound))
      case 1:
        _ = try take(8, &at, range.upperBound)
        value = .fixed64
      case 2:
        let count = try varint(bytes, &at, range.upperBound)
        value = .bytes(try take(count, &at, range.upperBound))
      case 5:
        let four = try take(4, &at, range.upperBound)
        value = .fixed32(bytes[four].reversed().reduce(0) { $0 << 8 | UInt32($1) })
      default: throw SentencePieceFile.Damage(problem: "it isn't a sentencepiece model (no such field type at byte \(at))")
      }
      try body(key >> 3, value)
    }
  }

  private static func take(_ count: UInt64, _ at: inout Int, _ end: Int) throws -> Range<Int> {
    guard count <= UInt64(end - at) else {
      throw SentencePieceFile.Damage(problem: "it ends before the \(count) bytes that are announced at byte \(at)")
    }
    defer { at += Int(count) }
    return at..<at + Int(count)
  }

  private static func varint(_ bytes: [UInt8], _ at: inout Int, _ end: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) where at < end {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw SentencePieceFile.Damage(problem: "it ends or goes wrong inside a number at byte \(at)")
  }
}
