import Foundation

/// Reads a configuration from JSON text.
/// - Parameter name: what to call the file in messages, such as `text_encoder/config.json`.
/// - Throws: `ModelError.badConfig` naming the file, the key and what is wrong with it.
public func readConfig<Config: Decodable>(
  _ type: Config.Type = Config.self, from json: Data, named name: String
) throws -> Config {
  do {
    return try JSONDecoder().decode(type, from: json)
  } catch let error as DecodingError {
    let trouble = JSONTrouble(in: json).map { "this is not JSON text (\($0))" }
    throw ModelError.badConfig("\(name): \(trouble ?? error.explanation).")
  }
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
