import Foundation

/// Reads JSON strictly, value by value, without building a tree.
///
/// Foundation's decoder keeps one of two equal keys and says nothing, which in a weight file hides an attack, and builds the whole
/// value before a limit can be checked. This one follows RFC 8259 to the letter and hands out keys in file order, each once.
struct JSONReader {
  let file: String
  private let bytes: [UInt8]
  private(set) var offset = 0

  /// - Throws: `CheckpointError` for bytes that aren't UTF-8.
  init(_ bytes: [UInt8], file: String) throws {
    (self.bytes, self.file) = (bytes, file)
    if String(validating: bytes, as: UTF8.self) == nil {
      throw CheckpointError(
        .header, file, expected: "UTF-8 text", found: "another byte at offset \(Self.firstNonUTF8(bytes)) of the JSON")
    }
  }

  /// Reads an object: `member` is called with each key when the reader stands at its value, which it must read.
  mutating func object(duplicate: (String) -> CheckpointError, member: (inout JSONReader, String) throws -> Void) throws {
    try expect("{", "an object")
    var seen: Set<String> = []
    if accept("}") { return }
    repeat {
      skipSpace()
      let key = try string("a key")
      if !seen.insert(key).inserted { throw duplicate(key) }
      try expect(":", "a colon")
      skipSpace()
      try member(&self, key)
    } while accept(",")
    try expect("}", "a comma or }")
  }

  /// Reads an array: `element` is called when the reader stands at each value, which it must read.
  mutating func array(element: (inout JSONReader) throws -> Void) throws {
    try expect("[", "an array")
    if accept("]") { return }
    repeat {
      skipSpace()
      try element(&self)
    } while accept(",")
    try expect("]", "a comma or ]")
  }

  /// Reads a string; escapes are resolved, lone surrogates refused.
  mutating func string(_ what: String = "a string") throws -> String {
    try expect("\"", what)
    var text: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw fault("an escaped control character")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw fault("a closing quote")
  }

  /// Reads a number and gives its text, which follows JSON's grammar.
  mutating func number() throws -> String {
    let start = offset
    take("-")
    if !take("0") { try digits() }
    if take(".") { try digits() }
    if take("e") || take("E") {
      if !take("+") { take("-") }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  /// Reads any value and forgets it; nesting is limited so that a hostile file can't exhaust the stack.
  mutating func skipValue(depth: Int = 64) throws {
    if depth == 0 { throw fault("at most 64 levels of nesting") }
    switch peek {
    case UInt8(ascii: "{"):
      let place = self
      try object(duplicate: { place.fault("each key once", found: quoted($0) + " twice") }) { reader, _ in
        try reader.skipValue(depth: depth - 1)
      }
    case UInt8(ascii: "["): try array { try $0.skipValue(depth: depth - 1) }
    case UInt8(ascii: "\""): _ = try string()
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: _ = try number()
    }
  }

  mutating func end() throws {
    skipSpace()
    guard peek != nil else { return }
    throw CheckpointError(
      .header, file, expected: "only white space after the JSON object", found: "\(found) at offset \(offset)")
  }

  /// What stands at the reader's place, for error texts.
  var found: String {
    guard let byte = peek else { return "the end" }
    if let word = ["null", "true", "false"].first(where: { bytes[offset...].starts(with: $0.utf8) }) { return word }
    switch byte {
    case UInt8(ascii: "{"): return "an object"
    case UInt8(ascii: "["): return "an array"
    case UInt8(ascii: "\""): return "a string"
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return "a number"
    case 0x21..<0x7f: return "\(quoted(String(UnicodeScalar(byte))))"
    default: return "byte 0x" + String(byte, radix: 16)
    }
  }

  /// The next byte, nil at the end.
  var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { offset += 1 }
  }

  func fault(_ expected: String, found: String? = nil) -> CheckpointError {
    CheckpointError(.header, file, expected: "\(expected) at offset \(offset) of the JSON", found: found ?? self.found)
  }

  /// Refuses a header or index that is no object, without skipping white space.
  func expectObject() throws {
    guard peek != UInt8(ascii: "{") else { return }
    throw CheckpointError(
      .header, file, expected: "a header that begins with {", found: found,
      advice: "this is no safetensors file or a damaged one")
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    return take(character)
  }

  @discardableResult
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: String) throws {
    if !accept(character) { throw fault(what) }
  }

  private mutating func digits() throws {
    guard let first = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= first else { throw fault("a digit") }
    while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { offset += 1 }
  }

  private mutating func word(_ text: String) throws {
    for scalar in text.unicodeScalars where !take(scalar) { throw fault(text) }
  }

  /// What stands after a backslash, and for which byte it stands.
  private static let plainEscapes: [UInt8: UInt8] = [
    0x22: 0x22, 0x5c: 0x5c, 0x2f: 0x2f, 0x62: 0x08, 0x66: 0x0c, 0x6e: 0x0a, 0x72: 0x0d, 0x74: 0x09,
  ]

  private mutating func escape(into text: inout [UInt8]) throws {
    offset += 1
    if let plain = peek.flatMap({ Self.plainEscapes[$0] }) {
      offset += 1
      return text.append(plain)
    }
    guard take("u") else { throw fault("an escape") }
    let unit = try hexadecimals()
    var units = [unit]
    if UTF16.isLeadSurrogate(unit) {
      guard take("\\"), take("u") else { throw fault("the second half of a surrogate pair") }
      units.append(try hexadecimals())
    }
    guard let scalar = String(validating: units, as: UTF16.self) else {
      throw fault("a whole surrogate pair before this place")
    }
    text += scalar.utf8
  }

  private mutating func hexadecimals() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw fault("a hexadecimal digit")
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  /// Where a text stops being UTF-8: the longest prefix that decodes ends there.
  private static func firstNonUTF8(_ bytes: [UInt8]) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var valid = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { valid += UTF8.width(scalar) }
    return valid
  }
}
