import Foundation

extension Encodable {
  /// JSON for people and programs: a key a line, keys sorted, slashes as they are.
  /// - Throws: `EncodingError` for values that JSON can't hold.
  public func readableJSON() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }

  /// The same as text, with the same errors.
  public func readableText() throws -> String { String(decoding: try readableJSON(), as: UTF8.self) }
}
