/// A setting that is one of several names: a name that isn't among them is refused with those that are.
public protocol NamedChoice: Codable, CaseIterable, RawRepresentable, Sendable where RawValue == String {}

extension NamedChoice {
  /// - Throws: `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let choice = Self(rawValue: name) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(name); expected one of \(names)")
    }
    self = choice
  }
}
