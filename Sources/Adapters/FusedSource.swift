import LoRWeBModels
import LoRWeBTorch

/// A base's weights with an adapter added as each tensor passes by, so that a fused model never exists twice. Sums are made in
/// fp32 where the adapter is; the scope rounds once to the model's type.
public struct FusedSource: WeightSource {
  private let base: any WeightSource
  private let adapter: any Adapter

  /// - Throws: `AdapterError.doesNotFitBase`; `.needsOneSample` for a mix of several samples.
  public init(_ base: any WeightSource, adding adapter: any Adapter) throws {
    try adapter.checkFusible()
    _ = try Fit(of: adapter.layers, to: base, from: adapter.location)
    self.init(checked: base, adding: adapter)
  }

  /// Of an adapter that is known to fit.
  init(checked base: any WeightSource, adding adapter: any Adapter) { (self.base, self.adapter) = (base, adapter) }

  public func releasePages() { base.releasePages() }
  public var location: String { base.location }
  public var names: [String]? { base.names }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }

  public func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let delta = delta(request.name) else { return try base.tensor(request) }
    return try base.tensor(request).to(device: delta.device, dtype: .float32) + delta
  }

  /// The base's own kind where nothing is added.
  public func weight(_ request: WeightRequest) throws -> Weight {
    guard let delta = delta(request.name) else { return try base.weight(request) }
    return .dense(try base.weight(request).tensor.to(device: delta.device, dtype: .float32) + delta)
  }

  private func delta(_ name: String) -> Tensor? {
    name.hasSuffix(".weight") ? adapter.weightDelta(String(name.dropLast(".weight".count))) : nil
  }
}
