import Foundation

extension Encodable {
  /// JSON for people and programs: a key a line or all in one, keys sorted, slashes as they are.
  /// - Throws: `EncodingError` for values that JSON can't hold.
  public func readableJSON(pretty: Bool = true) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return try encoder.encode(self)
  }

  /// The same as text, with the same errors.
  public func readableText(pretty: Bool = true) throws -> String {
    String(decoding: try readableJSON(pretty: pretty), as: UTF8.self)
  }
}
