import Foundation
import LoRWeBTorch

/// Builds a model from a source, strictly: what the model asks for and what the source holds must be the same names and shapes.
///
/// The model is first built on the meta device, which takes no memory, so a file that doesn't fit is refused before anything is
/// read or allocated.
/// - Parameters:
///   - dtype: what floating type the model computes in; nil for the types stored.
///   - device: where the model computes; nil for where the source has its tensors.
///   - deltas: where the model's linears look up what adapters add.
///   - ignoring: names the source may hold in excess, such as buffers that old files carry.
/// - Throws: `ModelError.doesNotFit` naming what is missing, unused or of another shape; whatever reading throws.
public func load<Model>(
  from source: any WeightSource, dtype: DType?, device: Device? = .cpu, deltas: DeltaTable = DeltaTable(),
  ignoring isIgnored: (String) -> Bool = { _ in false }, _ build: (Scope) throws -> Model
) throws -> Model {
  try withTorchErrors {
    try checkFit(plan(build), to: source, ignoring: isIgnored)
    return try noGrad { try build(Scope(source, dtype: dtype, device: device, deltas: deltas)) }
  }
}

/// - Throws: `ModelError.doesNotFit` for a source that doesn't hold exactly what is asked for.
public func checkFit(
  _ asked: [WeightRequest], to source: any WeightSource, ignoring isIgnored: (String) -> Bool = { _ in false }
) throws {
  let report = LoadReport(asked: asked, source: source, ignoring: isIgnored)
  guard report.fits else { throw ModelError.doesNotFit(report, location: source.location) }
}

/// Names and shapes a model would ask for, without memory for them.
public func plan<Model>(_ build: (Scope) throws -> Model) throws -> [WeightRequest] {
  try withTorchErrors {
    let scope = Scope(ShapeSource(), dtype: .float32, device: .meta)
    _ = try build(scope)
    return scope.registry.parameters.map(\.request)
  }
}

private struct ShapeSource: WeightSource {
  var location: String { "shapes only" }
  var names: [String]? { nil }
  func shape(of name: String) -> [Int]? { nil }
  func tensor(_ request: WeightRequest) throws -> Tensor { .empty(request.shape, device: .meta) }
}

/// What a model asks for against what a source holds.
public struct LoadReport: Sendable, Equatable {
  /// A tensor that is there in another shape.
  public struct Mismatch: Sendable, Equatable {
    public let name: String
    public let expected: [Int]
    public let found: [Int]
  }

  public private(set) var matched = 0
  public private(set) var missing: [String] = []
  public private(set) var unused: [String] = []
  public private(set) var mismatched: [Mismatch] = []

  /// Compares; a source that makes whatever is asked for always fits.
  public init(asked: [WeightRequest], source: any WeightSource, ignoring isIgnored: (String) -> Bool = { _ in false }) {
    guard let names = source.names else {
      matched = asked.count
      return
    }
    for request in asked {
      switch source.shape(of: request.name) {
      case nil: missing.append(request.name)
      case request.shape?: matched += 1
      case let found?: mismatched.append(Mismatch(name: request.name, expected: request.shape, found: found))
      }
    }
    let wanted = Set(asked.map(\.name))
    unused = names.filter { !wanted.contains($0) && !isIgnored($0) }.sorted()
  }

  public var fits: Bool { missing.isEmpty && unused.isEmpty && mismatched.isEmpty }
}

extension LoadReport: CustomStringConvertible {
  /// One clause a kind of difference, with up to three names each.
  public var description: String {
    func clause(_ what: String, _ items: [String]) -> String? {
      guard !items.isEmpty else { return nil }
      let more = items.count > 3 ? " and \(items.count - 3) more" : ""
      return "\(items.count) \(what): \(items.prefix(3).joined(separator: ", "))\(more)"
    }
    let shapes = mismatched.map { "\($0.name) expected \($0.expected) found \($0.found)" }
    let clauses = [clause("of another shape", shapes), clause("missing", missing), clause("unknown", unused)].compactMap(\.self)
    return clauses.isEmpty ? "all \(matched) tensors fit" : clauses.joined(separator: "; ")
  }
}

/// Weights or settings that don't make the model they should.
public enum ModelError: Error, Equatable {
  case doesNotFit(LoadReport, location: String)
  case wrongShape(name: String, location: String, expected: [Int], found: [Int])
  /// A configuration's value that no model can be built from.
  case badConfig(String)
  /// An input of a shape the model can't take.
  case badInput(String)
}

extension ModelError: CustomStringConvertible, LocalizedError {
  public var description: String {
    switch self {
    case .doesNotFit(let report, let location):
      "The weights in \(location) are not this model's (\(report)); check that the weights and config.json belong together."
    case .wrongShape(let name, let location, let expected, let found):
      "Tensor \(name) in \(location) has shape \(found), expected \(expected)."
    case .badConfig(let text), .badInput(let text): text
    }
  }

  public var errorDescription: String? { description }
}
