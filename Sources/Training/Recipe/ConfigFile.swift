import Foundation
import LoRWeBAdapters
import LoRWeBModels

/// Settings laid over settings: a file's, then those of the command line.
public struct ConfigLayers {
  private var values: [String: Any]
  private var lastPlace: String

  /// Begins with all settings of a configuration.
  public init(_ config: some Encodable) throws {
    let data = try JSONEncoder().encode(config)
    values = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    lastPlace = "the settings"
  }

  /// Lays the settings of a YAML or JSON file, as `YAMLText` reads it, over those so far.
  ///
  /// - Throws: `TrainingError.badSetting` for what is no group of settings and for keys there are none of.
  public mutating func add(_ root: Any?, place: String) throws {
    guard let layer = root as? [String: Any] else {
      throw TrainingError.badSetting(place: place, key: "the text", problem: "holds no settings (key: value)")
    }
    try merge(layer, place: place)
  }

  /// Lays `key=value` over the settings so far; dots lead into groups, the value is YAML.
  ///
  /// - Throws: `TrainingError.badSetting`.
  public mutating func set(_ assignment: String) throws {
    func bad(_ problem: String) -> TrainingError {
      .badSetting(place: assignment, key: "the setting", problem: problem)
    }
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    let form = "is not of the form key=value, such as steps=20"
    guard parts.count == 2 else { throw bad(form) }
    let value: Any
    do {
      guard let loaded = try YAMLText.value("value: \(parts[1])") as? [String: Any], let found = loaded["value"] else {
        throw bad(form)
      }
      value = found
    } catch let trouble as YAMLText.Trouble {
      throw bad("is no YAML behind the = (\(trouble.description.drop { $0 != ":" }.dropFirst(2)))")
    }
    let keys = parts[0].split(separator: ".").map(String.init)
    let layer = keys.reversed().reduce(value) { inner, key in [key: inner] as [String: Any] }
    try merge(layer as? [String: Any] ?? [:], place: assignment)
  }

  /// The configuration that came out.
  ///
  /// - Throws: `ModelError.badConfig` for a value of the wrong type, `TrainingError.badSetting` for one out of range.
  public func config() throws -> TrainingConfig { try settings() }

  /// The same of any kind of run.
  ///
  /// - Throws: as `config`.
  public func settings<Settings: RunSettings>() throws -> Settings {
    guard JSONSerialization.isValidJSONObject(values) else {
      throw TrainingError.badSetting(place: lastPlace, key: "a value", problem: "is neither number, text, list nor group")
    }
    let settings: Settings = try readConfig(from: JSONSerialization.data(withJSONObject: values), named: lastPlace)
    try settings.check(place: lastPlace)
    return settings
  }

  mutating func merge(_ layer: [String: Any], place: String) throws {
    values = try Self.merged(values, layer, place: place, path: [])
    lastPlace = place
  }

  private static func merged(_ base: [String: Any], _ layer: [String: Any], place: String, path: [String]) throws
    -> [String: Any]
  {
    var result = base
    for (key, value) in layer {
      let name = (path + [key]).joined(separator: ".")
      guard let old = base[key] else {
        throw TrainingError.badSetting(
          place: place, key: name, problem: "is no setting; there are \(base.keys.sorted().joined(separator: ", "))")
      }
      if let group = old as? [String: Any] {
        guard let inner = value as? [String: Any] else {
          throw TrainingError.badSetting(place: place, key: name, problem: "is a group of settings, expected key: value in it")
        }
        result[key] = try merged(group, inner, place: place, path: path + [key])
      } else if old is NSNumber, let text = value as? String, let number = Double(text) {
        result[key] = number  // YAML takes 1e-3 for a text
      } else {
        result[key] = value
      }
    }
    return result
  }
}
