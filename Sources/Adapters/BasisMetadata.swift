import Foundation
import LoRWeBCheckpoints

extension RouterSettings {
  /// What a basis file with these settings carries besides tensors.
  public func metadata() throws -> SafetensorsMetadata { ["format": "pt", BasisMetadata.key: try BasisMetadata.entry(self)] }
}

/// Our one entry in a basis file's metadata: the router settings as JSON, which the published format leaves out.
enum BasisMetadata {
  static let key = "lorweb"
  private static let version = 1

  private struct Entry: Codable {
    let version: Int
    let heads: Int?
    let activation, reduce, queryMode, encoder: String?
    let encoderWidth: Int?
  }

  static func entry(_ settings: RouterSettings) throws -> String {
    try Entry(
      version: version, heads: settings.heads, activation: settings.activation.rawValue, reduce: settings.reduce.rawValue,
      queryMode: settings.queryMode.rawValue, encoder: settings.encoder, encoderWidth: settings.encoderWidth
    ).readableText(pretty: false)
  }

  /// - Throws: `AdapterError.badSettings` or `.unknownQueryMode`.
  static func settings(_ text: String, location: String) throws -> PartialRouterSettings {
    let place = "\(location), metadata entry \(key)"
    func bad(_ problem: String) -> AdapterError { .badSettings(place: place, problem: problem) }
    guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(text.utf8)) else {
      throw bad("it is not the JSON object expected (version, heads, activation, reduce, queryMode, encoder, encoderWidth)")
    }
    guard entry.version <= version else { throw bad("it has version \(entry.version), this program reads up to \(version)") }
    var settings = PartialRouterSettings()
    (settings.heads, settings.encoder, settings.encoderWidth) = (entry.heads, entry.encoder, entry.encoderWidth)
    settings.queryMode = try entry.queryMode.map(QueryMode.init(named:))
    settings.activation = try entry.activation.map { try value($0, "activation", bad) }
    settings.reduce = try entry.reduce.map { try value($0, "reduce", bad) }
    return settings
  }

  private static func value<Value: RawRepresentable & CaseIterable>(
    _ text: String, _ field: String, _ bad: (String) -> AdapterError
  ) throws -> Value where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw bad("\(field) is \"\(text)\", expected \(Value.allCases.map(\.rawValue).joined(separator: " or "))")
    }
    return value
  }
}
