import LoRWeBTorch

/// A place in a model's tree of names, with the source behind it. A model is built *from* a scope: asking for a tensor names it,
/// checks its shape and records it, so a model is never half loaded.
public struct Scope {
  /// Dotted path from the model's root; empty at the root.
  public let path: String
  /// What the model asked for so far.
  public let registry: Registry
  private let source: any WeightSource
  private let dtype: DType?
  private let device: Device?

  /// The root; no type means as the source stores it, no device where the source has it.
  /// - Parameter deltas: where the model's linears look up what adapters add.
  public init(_ source: any WeightSource, dtype: DType?, device: Device?, deltas: DeltaTable = DeltaTable()) {
    self.init(path: "", registry: Registry(deltas: deltas), source: source, dtype: dtype, device: device)
  }

  /// The same place with a registry of its own: what is built here is held by whoever builds it alone. Adapters still reach it.
  public var apart: Scope {
    Scope(path: path, registry: Registry(deltas: registry.deltas), source: source, dtype: dtype, device: device)
  }

  private init(path: String, registry: Registry, source: any WeightSource, dtype: DType?, device: Device?) {
    (self.path, self.registry, self.source, self.dtype, self.device) = (path, registry, source, dtype, device)
  }

  /// The place below under that name, which may have dots.
  public subscript(_ name: String) -> Scope {
    Scope(path: fullName(name), registry: registry, source: source, dtype: dtype, device: device)
  }

  /// An entry of a list below, such as `transformer_blocks.3`.
  public subscript(_ name: String, _ index: Int) -> Scope { self["\(name).\(index)"] }

  /// The parameter of that name, in the model's type, on its device.
  /// - Throws: `ModelError` if the source has it in another shape; whatever reading throws.
  public func tensor(_ name: String, _ shape: [Int], initial: Initial) throws -> Tensor {
    try placed(name, shape, initial) { .dense(try source.tensor($0)) }.tensor
  }

  /// A linear's weight of that name, [out, in], in whatever kind the source has it; dense ones in the model's type.
  /// - Throws: as `tensor`.
  public func weight(_ name: String, _ shape: [Int], initial: Initial) throws -> Weight {
    try placed(name, shape, initial, read: source.weight)
  }

  private func placed(
    _ name: String, _ shape: [Int], _ initial: Initial, read: (WeightRequest) throws -> Weight
  ) throws -> Weight {
    let request = WeightRequest(name: fullName(name), shape: shape, initial: initial)
    let weight = try read(request)
    guard weight.shape == shape else {
      throw ModelError.wrongShape(name: request.name, location: source.location, expected: shape, found: weight.shape)
    }
    let placed = weight.placed(on: device, dtype: dtype)
    registry.record(request, placed)
    return placed
  }

  private func fullName(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}
