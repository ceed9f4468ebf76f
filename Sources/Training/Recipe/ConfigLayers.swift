import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels

/// Settings laid over settings: a file's, then those of the command line.
public struct ConfigLayers<Settings: RunSettings> {
  private var values: [String: Any]
  private var lastPlace = "the settings"

  public init(_ config: Settings) throws {
    values = try JSONSerialization.jsonObject(with: config.readableJSON()) as? [String: Any] ?? [:]
  }

  /// Lays the settings of a YAML or JSON file, as `YAMLText` reads it, over those so far.
  /// - Throws: `TrainingError.badSetting` for what is no group of settings and for keys there are none of.
  public mutating func add(_ root: Any?, place: String) throws {
    guard let layer = root as? [String: Any] else {
      throw TrainingError.badSetting(place: place, key: "the text", problem: "holds no settings (key: value)")
    }
    (values, lastPlace) = (try Self.merged(values, layer, place), place)
  }

  /// Lays `key=value` over the settings so far; dots lead into groups, the value is YAML.
  /// - Throws: `TrainingError.badSetting`.
  public mutating func set(_ assignment: String) throws {
    func bad(_ problem: String) -> TrainingError { .badSetting(place: assignment, key: "the setting", problem: problem) }
    let parts = assignment.split(separator: "=", maxSplits: 1).map(String.init)
    do {
      guard parts.count == 2, let value = (try YAMLText.value("value: \(parts[1])") as? [String: Any])?["value"] else {
        throw bad("is not of the form key=value, such as steps=20")
      }
      try set(value, at: parts[0], place: assignment)
    } catch let trouble as YAMLText.Trouble {
      throw bad("is no YAML behind the = (\(trouble.description.drop { $0 != ":" }.dropFirst(2)))")
    }
  }

  /// Lays one value over the settings so far; dots lead into groups.
  mutating func set(_ value: Any, at key: String, place: String) throws {
    let layer = key.split(separator: ".").reversed().reduce(value) { inner, key in [String(key): inner] as [String: Any] }
    try add(layer as? [String: Any] ?? [:], place: place)
  }

  /// The configuration that came out.
  /// - Throws: `ModelError.badConfig` for a value of the wrong type, `TrainingError.badSetting` for one out of range.
  public func config() throws -> Settings {
    guard JSONSerialization.isValidJSONObject(values) else {
      throw TrainingError.badSetting(place: lastPlace, key: "a value", problem: "is neither number, text, list nor group")
    }
    let settings: Settings = try readConfig(from: JSONSerialization.data(withJSONObject: values), named: lastPlace)
    try settings.check(place: lastPlace)
    return settings
  }

  private static func merged(
    _ base: [String: Any], _ layer: [String: Any], _ place: String, in group: String = ""
  ) throws -> [String: Any] {
    var result = base
    for (key, value) in layer {
      func bad(_ problem: String) -> TrainingError { .badSetting(place: place, key: group + key, problem: problem) }
      switch base[key] {
      case nil: throw bad("is no setting; there are \(base.keys.sorted().joined(separator: ", "))")
      case let old as [String: Any]:
        guard let inner = value as? [String: Any] else { throw bad("is a group of settings, expected key: value in it") }
        result[key] = try merged(old, inner, place, in: "\(group)\(key).")
      case is NSNumber: result[key] = Double(value as? String ?? "").map { $0 as Any } ?? value  // YAML takes 1e-3 for a text
      default: result[key] = value
      }
    }
    return result
  }
}

/// Refuses settings that nothing can be trained with, each with `TrainingError.badSetting`.
struct SettingRules {
  let place: String

  func require(_ isRight: Bool, _ key: String, _ found: Any, _ expected: String) throws {
    guard !isRight else { return }
    throw TrainingError.badSetting(place: place, key: key, problem: "is \(found), expected \(expected)")
  }

  func counts(_ values: KeyValuePairs<String, Int>, to limit: Int = 100_000_000) throws {
    for (key, value) in values { try require((1...limit).contains(value), key, value, "1 to \(limit)") }
  }

  func shares(_ values: KeyValuePairs<String, Double>) throws {
    for (key, value) in values { try require((0...1).contains(value), key, value, "0 to 1") }
  }

  func sizes(_ values: KeyValuePairs<String, Double>) throws {
    for (key, value) in values { try require(value >= 0 && value.isFinite, key, value, "0 or more") }
  }
}
