import Foundation
import LoRWeBFiles

/// The authors' training or inference YAML: `config.process[0]`. What it says of the router is read here (docs/method.md), what
/// it says of training by whoever trains.
public struct AuthorsYAML {
  public typealias Group = [String: Any]

  /// What messages call the file.
  public let place: String
  public let process: Group

  private static let basis = "attlora"
  /// Keys of `network_kwargs` that only a basis has.
  private static let basisKeys: Set<String> = ["loras_num", "lora_keys_dim", "lora_heads", "lora_softmax", "query_mode"]

  /// Nil for a value that isn't such a YAML, but one of another program or settings of our own.
  public init?(_ root: Any?, place: String) {
    let processes = ((root as? Group)?["config"] as? Group)?["process"] as? [Any]
    guard let process = processes?.first as? Group else { return nil }
    (self.place, self.process) = (place, process)
  }

  /// Reads a file; nil as for a value.
  /// - Throws: `AdapterError.badSettings` for a file that can't be read or is no YAML.
  init?(contentsOf url: URL) throws {
    let place = url.path(percentEncoded: false)
    guard let text = (try? Data(opening: url)).flatMap({ String(data: $0, encoding: .utf8) }) else {
      throw AdapterError.badSettings(place: place, problem: "the file can't be read as UTF-8 text")
    }
    do {
      self.init(try YAMLText.value(text), place: place)
    } catch {
      throw AdapterError.badSettings(place: place, problem: "it is not valid YAML (\(error))")
    }
  }

  private var network: Group? { process["network"] as? Group }
  private var arguments: Group? { network?["network_kwargs"] as? Group }

  /// The kind of network if it is none of ours: `lora`, `lokr` and so on, which ai-toolkit trains by the same kind of YAML.
  public var otherNetwork: String? {
    guard let type = network?["type"] as? String, type.lowercased() != Self.basis else { return nil }
    return (arguments ?? [:]).keys.contains(where: Self.basisKeys.contains) ? nil : type
  }

  /// Whether it describes a basis's router.
  var describesRouter: Bool { arguments != nil && otherNetwork == nil }

  /// - Throws: `AdapterError` if there is none, it is of another kind of network or has values of other types.
  func routerSettings() throws -> PartialRouterSettings {
    func bad(_ problem: String) -> AdapterError { .badSettings(place: place, problem: problem) }
    if let otherNetwork { throw bad("it is about a network of type \(otherNetwork), not about a basis (\(Self.basis))") }
    guard let arguments else { throw Self.missing(place) }
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

  static func missing(_ place: String) -> AdapterError {
    .badSettings(
      place: place, problem: "config.process[0].network.network_kwargs, where the authors' YAML has the router, is missing")
  }
}
