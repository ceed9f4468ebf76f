/// Protobuf's wire format, as much as reading the fields of a message in order needs.
enum ProtobufFields {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64
    case bytes(ArraySlice<UInt8>)
  }

  /// Calls `body` with the number and value of every field of a message.
  /// - Throws: `SentencePieceFile.Damage` where the message isn't whole; whatever `body` throws.
  static func forEach(in message: ArraySlice<UInt8>, _ body: (UInt64, Value) throws -> Void) throws {
    var rest = message
    while !rest.isEmpty {
      let place = rest.startIndex
      let key = try varint(&rest)
      let value: Value
      switch key & 7 {
      case 0: value = .varint(try varint(&rest))
      case 1:
        _ = try take(8, &rest)
        value = .fixed64
      case 2:
        let count = try varint(&rest)
        value = .bytes(try take(count, &rest))
      case 5: value = .fixed32(try take(4, &rest).reversed().reduce(0) { $0 << 8 | UInt32($1) })
      default: throw SentencePieceFile.Damage(problem: "it isn't a sentencepiece model (no such field type at byte \(place))")
      }
      try body(key >> 3, value)
    }
  }

  private static func take(_ count: UInt64, _ rest: inout ArraySlice<UInt8>) throws -> ArraySlice<UInt8> {
    guard count <= UInt64(rest.count) else {
      throw SentencePieceFile.Damage(problem: "it ends before the \(count) bytes that are announced at byte \(rest.startIndex)")
    }
    defer { rest = rest.dropFirst(Int(count)) }
    return rest.prefix(Int(count))
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw SentencePieceFile.Damage(problem: "it ends or goes wrong inside a number at byte \(rest.startIndex)")
  }
}
