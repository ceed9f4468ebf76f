import Foundation

/// Reads a configuration from JSON text.
///
/// - Parameter name: what to call the file in messages, such as `text_encoder/config.json`.
/// - Throws: `ModelError.badConfig` naming the file, the key and what is wrong with it.
public func readConfig<Config: Decodable>(_ type: Config.Type = Config.self, from json: Data, named name: String) throws
  -> Config
{
  do {
    return try JSONDecoder().decode(type, from: json)
  } catch let error as DecodingError {
    throw ModelError.badConfig("\(name): \(error.reason).")
  }
}

extension DecodingError {
  /// Key and trouble as one clause.
  fileprivate var reason: String {
    func path(_ context: Context, _ last: String? = nil) -> String {
      (context.codingPath.map(\.stringValue) + [last].compactMap(\.self)).joined(separator: ".")
    }
    switch self {
    case .keyNotFound(let key, let context):
      return "the key \(path(context, key.stringValue)) is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      let place = context.codingPath.isEmpty ? "the file" : "the key \(path(context))"
      return "\(place) should hold \(Self.words(for: type))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      // Foundation doesn't tell the two apart.
      return "this is not JSON text, or a number in it is not whole or too large"
    case .dataCorrupted(let context):
      return "the key \(path(context)) holds a value that can't be used (\(Self.withoutStop(context.debugDescription)))"
    @unknown default:
      return "it can't be read"
    }
  }

  private static func words(for type: Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is [Any].Type: "a list"
    default: "an object"
    }
  }

  private static func withoutStop(_ text: String) -> Substring { text.hasSuffix(".") ? text.dropLast() : text[...] }
}

extension KeyedDecodingContainer {
  /// The value of a key, or what a missing key (or null) means.
  func value<Value: Decodable>(_ key: Key, else missing: Value) throws -> Value {
    try decodeIfPresent(Value.self, forKey: key) ?? missing
  }
}

/// Refuses a size that no model can have, before any arithmetic with it.
func checkSize(_ key: String, _ size: Int, of model: String, in range: ClosedRange<Int> = 1...65536) throws {
  guard range.contains(size) else {
    throw ModelError.badConfig("The \(model)'s \(key) is \(size), expected \(range.lowerBound) to \(range.upperBound).")
  }
}

/// Refuses an epsilon that would not keep a division from blowing up.
func checkEpsilon(_ key: String, _ epsilon: Double, of model: String) throws {
  guard epsilon > 0, epsilon < 1 else {
    throw ModelError.badConfig("The \(model)'s \(key) is \(epsilon), expected a small number above 0.")
  }
}
