/// A configuration whose keys in config.json are one table: it is read and written by that.
public protocol TabledConfig: Codable {
  /// What the keys mean that a file leaves out: the values of the library whose format it is.
  static var standard: Self { get }
  /// A line a key, in the order in which they are read.
  static var table: [ConfigEntry<Self>] { get }
  /// Where a joint model's file has this part; nil if there are no such files.
  static var part: String? { get }
}

extension TabledConfig {
  public static var part: String? { nil }

  /// Reads config.json.
  /// - Throws: `DecodingError`; `ModelError.badConfig` for what the model doesn't do.
  public init(from decoder: any Decoder) throws {
    var file = try decoder.container(keyedBy: ConfigKey.self)
    if let part = Self.part.map(ConfigKey.init), file.contains(part) {
      file = try file.nestedContainer(keyedBy: ConfigKey.self, forKey: part)
    }
    self = .standard
    for entry in Self.table { try entry.read(&self, file) }
  }

  /// One level deep.
  public func encode(to encoder: any Encoder) throws {
    var file = encoder.container(keyedBy: ConfigKey.self)
    for entry in Self.table { try entry.write(self, &file) }
  }
}

struct ConfigKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

/// A line of a configuration's table.
public struct ConfigEntry<Config> {
  let read: (inout Config, KeyedDecodingContainer<ConfigKey>) throws -> Void
  var write: (Config, inout KeyedEncodingContainer<ConfigKey>) throws -> Void = { _, _ in }

  /// A property's key.
  /// - Parameter missing: what a missing key means where that depends on what was read before.
  static func key<Value: Codable>(
    _ name: String, _ path: WritableKeyPath<Config, Value>, else missing: ((Config) -> Value)? = nil
  ) -> Self {
    Self(
      read: { config, file in
        let value = try file.decodeIfPresent(Value.self, forKey: ConfigKey(name)) ?? missing?(config)
        if let value { config[keyPath: path] = value }
      }, write: { try $1.encode($0[keyPath: path], forKey: ConfigKey(name)) })
  }

  /// A property's key that every file must have.
  static func required<Value: Codable>(_ name: String, _ path: WritableKeyPath<Config, Value>) -> Self {
    Self(read: { $0[keyPath: path] = try $1.decode(Value.self, forKey: ConfigKey(name)) }, write: key(name, path).write)
  }

  /// A key that has one value only in a file that can be used.
  /// - Parameter refusal: the sentence for a file that says something else.
  static func only<Value: Codable & Equatable>(
    _ name: String, _ value: @escaping (Config) -> Value, refusal: @escaping (Config, Value) -> String
  ) -> Self {
    Self(
      read: { config, file in
        let found = try file.decodeIfPresent(Value.self, forKey: ConfigKey(name))
        if let found, found != value(config) { throw ModelError.badConfig(refusal(config, found)) }
      }, write: { try $1.encode(value($0), forKey: ConfigKey(name)) })
  }

  /// The line as one of a whole that the configuration is a property of.
  func inside<Whole>(_ path: WritableKeyPath<Whole, Config>) -> ConfigEntry<Whole> {
    ConfigEntry<Whole>(read: { try read(&$0[keyPath: path], $1) }, write: { try write($0[keyPath: path], &$1) })
  }
}
