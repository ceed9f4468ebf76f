import Foundation

extension DecodingError {
  /// Key and trouble as one clause without a stop, such as `the key photos[2].file is missing`; whoever reads adds the file's name.
  public var explanation: String {
    switch self {
    case .keyNotFound(let key, let context): return "the key \(Self.path(context.codingPath + [key])) is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      let place = context.codingPath.isEmpty ? "the file" : "the key \(Self.path(context.codingPath))"
      return "\(place) should hold \(Self.words(for: type))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      // Foundation doesn't tell the two apart.
      return "this is not JSON text, or a number in it is not whole or too large"
    case .dataCorrupted(let context):
      let reason = context.debugDescription
      return "the key \(Self.path(context.codingPath)) holds a value that can't be used "
        + "(\(reason.hasSuffix(".") ? reason.dropLast() : reason[...]))"
    @unknown default:
      return "it can't be read"
    }
  }

  /// Keys with dots between, places in lists in brackets.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce("") { path, key in
      if let index = key.intValue { return path + "[\(index)]" }
      return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
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
}

/// Why a text is no JSON, as far as Foundation tells: what and where, without a stop.
public struct JSONTrouble: CustomStringConvertible, Sendable {
  public let description: String

  /// Nil for JSON of any kind.
  public init?(in data: Data) {
    do {
      _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
      return nil
    } catch {
      let said = (error as NSError).userInfo["NSDebugDescription"] as? String ?? "it can't be read"
      let text = said.hasSuffix(".") ? String(said.dropLast()) : said
      // Some Foundations count lines and columns, others bytes.
      guard let match = text.firstMatch(of: /around character (\d+)/), let offset = Int(match.1) else {
        description = text.prefix(1).lowercased() + text.dropFirst()
        return
      }
      let lines = data.prefix(offset).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let column = String(decoding: lines.last ?? Data(), as: UTF8.self).count + 1
      let place = text.replacing(match.0, with: "in line \(max(1, lines.count)), column \(column)")
      description = place.prefix(1).lowercased() + place.dropFirst()
    }
  }
}
