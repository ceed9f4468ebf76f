import LoRWeBModels

/// How a basis's router works: what the published file format leaves to a YAML beside it.
public struct RouterSettings: Sendable, Equatable {
  /// What turns scores into coefficients.
  public enum Activation: String, NamedChoice {
    case softmax, tanh
  }

  /// How several heads become one coefficient.
  public enum Reduce: String, NamedChoice {
    case mean
    /// Summed, then clamped to [0, 1] (softmax) or [−1, 1] (tanh).
    case sum
  }

  /// Contiguous slices of the key width that score separately.
  public var heads: Int
  public var activation: Activation
  public var reduce: Reduce
  public var queryMode: QueryMode
  /// The image encoder's name, as in `openai/clip-vit-large-patch14`.
  public var encoder: String
  /// Width of one embedding; nil if only the basis file knows.
  public var encoderWidth: Int?

  /// The published recipe (docs/method.md).
  public static let paper = RouterSettings(
    heads: 1, activation: .softmax, reduce: .mean, queryMode: .concatenated, encoder: "openai/clip-vit-large-patch14",
    encoderWidth: nil)

  public init(heads: Int, activation: Activation, reduce: Reduce, queryMode: QueryMode, encoder: String, encoderWidth: Int?) {
    (self.heads, self.activation, self.reduce, self.queryMode) = (heads, activation, reduce, queryMode)
    (self.encoder, self.encoderWidth) = (encoder, encoderWidth)
  }

  /// - Throws: `AdapterError.badSettings` if the heads don't divide the width of a key.
  func check(keyWidth: Int, at place: String) throws {
    guard heads > 0, keyWidth.isMultiple(of: heads) else {
      throw AdapterError.badSettings(place: place, problem: "\(heads) heads don't divide the key width \(keyWidth)")
    }
  }
}

/// Settings as one place gives them: whatever it doesn't say is nil.
public struct PartialRouterSettings: Sendable, Equatable {
  public var heads: Int?
  public var activation: RouterSettings.Activation?
  public var reduce: RouterSettings.Reduce?
  public var queryMode: QueryMode?
  public var encoder: String?
  public var encoderWidth: Int?

  public init() {}

  /// True if both say something about a field, and not the same.
  func contradicts(_ other: PartialRouterSettings) -> Bool {
    func differ<Value: Equatable>(_ path: KeyPath<PartialRouterSettings, Value?>) -> Bool {
      guard let mine = self[keyPath: path], let theirs = other[keyPath: path] else { return false }
      return mine != theirs
    }
    return differ(\.heads) || differ(\.activation) || differ(\.reduce) || differ(\.queryMode) || differ(\.encoder)
      || differ(\.encoderWidth)
  }
}

/// Settings merged from several places, with the place each value came from.
public struct ResolvedRouterSettings: Sendable, Equatable {
  public private(set) var settings: RouterSettings
  /// Field name to place, such as `heads` to `the paper`.
  public private(set) var origins: [String: String]

  /// Field by field, the first place that says something wins; the paper's recipe fills the rest.
  /// - Parameter places: in falling priority.
  public init(_ places: [(name: String, settings: PartialRouterSettings)]) {
    var origins: [String: String] = [:]
    func first<Value>(_ field: String, _ path: KeyPath<PartialRouterSettings, Value?>, else fallback: Value) -> Value {
      let found = places.first { $0.settings[keyPath: path] != nil }
      origins[field] = found?.name ?? "the paper"
      return found?.settings[keyPath: path] ?? fallback
    }
    let paper = RouterSettings.paper
    settings = RouterSettings(
      heads: first("heads", \.heads, else: paper.heads),
      activation: first("activation", \.activation, else: paper.activation),
      reduce: first("reduce", \.reduce, else: paper.reduce),
      queryMode: first("queryMode", \.queryMode, else: paper.queryMode),
      encoder: first("encoder", \.encoder, else: paper.encoder),
      encoderWidth: places.lazy.compactMap(\.settings.encoderWidth).first)
    self.origins = origins
  }

  /// Sets the embedding's width, which the basis file's shapes know.
  mutating func set(encoderWidth: Int) {
    settings.encoderWidth = encoderWidth
    origins["encoderWidth"] = "the file's shapes"
  }
}
