import Foundation

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
