import LoRWeBModels
import LoRWeBTorch

/// A source with another behind it for names that it lacks.
public struct CompletedSource: WeightSource {
  private let base: any WeightSource
  private let rest: any WeightSource

  public init(_ base: any WeightSource, by rest: any WeightSource) { (self.base, self.rest) = (base, rest) }

  public var location: String { base.location }
  public var names: [String]? { nil }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) ?? rest.shape(of: name) }
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    try (base.shape(of: request.name) == nil ? rest : base).tensor(request)
  }
}
