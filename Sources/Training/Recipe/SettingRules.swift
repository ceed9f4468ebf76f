/// Refuses settings that nothing can be trained with, each with `TrainingError.badSetting`.
struct SettingRules {
  /// Where the settings stand.
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
