import Foundation
import Yams

/// The authors' training or inference YAML, as far as the router needs it (docs/method.md).
enum AuthorsYAML {
  /// The YAML of the same name as the basis.
  static func named(like basis: URL) -> URL? {
    let stem = basis.deletingPathExtension()
    return ["yaml", "yml"].map(stem.appendingPathExtension).first {
      FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
    }
  }

  /// The only YAML in the basis's folder, whatever it is.
  static func only(beside basis: URL) -> URL? {
    let files = try? FileManager.default.contentsOfDirectory(
      at: basis.deletingLastPathComponent(), includingPropertiesForKeys: nil)
    let yamls = (files ?? []).filter { ["yaml", "yml"].contains($0.pathExtension.lowercased()) }
    return yamls.count == 1 ? yamls[0] : nil
  }

  /// Whether a file describes a network as the authors' do, rather than something of another program.
  static func describesNetwork(_ url: URL) -> Bool { (try? networkArguments(url)) != nil }

  /// What `config.process[0].network.network_kwargs` says.
  ///
  /// - Throws: `AdapterError.badSettings` if the file can't be read, isn't that YAML or has values of other types;
  ///   `.unknownQueryMode`.
  static func routerSettings(_ url: URL) throws -> PartialRouterSettings {
    let arguments = try networkArguments(url)
    func bad(_ problem: String) -> AdapterError { .badSettings(place: url.path(percentEncoded: false), problem: problem) }
    func value<Value>(_ key: String, _ expected: String, _ type: Value.Type = Value.self) throws -> Value? {
      guard let found = arguments[key], !(found is NSNull) else { return nil }
      guard let value = found as? Value else { throw bad("network_kwargs.\(key) is \(found), expected \(expected)") }
      return value
    }
    if try value("external_query", "true or false", Bool.self) == false {
      throw bad("external_query is false: the query would be each layer's own input, which no published basis uses")
    }
    var settings = PartialRouterSettings()
    settings.heads = try value("lora_heads", "a whole number")
    settings.activation = try value("lora_softmax", "true or false", Bool.self).map { $0 ? .softmax : .tanh }
    settings.reduce = try value("mixing_coeffs_type", "mean or sum", String.self).map { text in
      guard let reduce = RouterSettings.Reduce(rawValue: text) else {
        throw bad("network_kwargs.mixing_coeffs_type is \(text), expected mean or sum")
      }
      return reduce
    }
    settings.encoder = try value("external_query_model", "an encoder's name")
    settings.queryMode = try value("query_mode", "a query mode's name", String.self).map(QueryMode.init(named:))
    return settings
  }

  /// `config.process[0].network.network_kwargs`.
  private static func networkArguments(_ url: URL) throws -> [String: Any] {
    func bad(_ problem: String) -> AdapterError { .badSettings(place: url.path(percentEncoded: false), problem: problem) }
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { throw bad("the file can't be read as UTF-8 text") }
    let root: Any?
    do {
      root = try Yams.load(yaml: text)
    } catch {
      throw bad("it is not valid YAML (\(String(describing: error).split(separator: "\n").first ?? ""))")
    }
    let process = ((root as? [String: Any])?["config"] as? [String: Any])?["process"] as? [Any]
    let network = (process?.first as? [String: Any])?["network"] as? [String: Any]
    guard let arguments = network?["network_kwargs"] as? [String: Any] else {
      throw bad("config.process[0].network.network_kwargs, where the authors' YAML has the router, is missing")
    }
    return arguments
  }
}
