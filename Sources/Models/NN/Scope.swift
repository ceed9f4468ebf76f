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
  private let device: Device

  /// The root; no type means as the source stores it.
  public init(_ source: any WeightSource, dtype: DType?, device: Device) {
    self.init(path: "", registry: Registry(), source: source, dtype: dtype, device: device)
  }

  private init(path: String, registry: Registry, source: any WeightSource, dtype: DType?, device: Device) {
    self.path = path
    self.registry = registry
    self.source = source
    self.dtype = dtype
    self.device = device
  }

  /// The place below under that name, which may have dots.
  public subscript(_ name: String) -> Scope {
    Scope(path: fullName(name), registry: registry, source: source, dtype: dtype, device: device)
  }

  /// An entry of a list below, such as `transformer_blocks.3`.
  public subscript(_ name: String, _ index: Int) -> Scope { self["\(name).\(index)"] }

  /// The parameter of that name, in the model's type, on its device.
  ///
  /// - Throws: `ModelError` if the source has it in another shape; whatever reading throws.
  public func tensor(_ name: String, _ shape: [Int], initial: Initial) throws -> Tensor {
    let request = WeightRequest(name: fullName(name), shape: shape, initial: initial)
    let tensor = try source.tensor(request)
    guard tensor.shape == shape else {
      throw ModelError.wrongShape(name: request.name, location: source.location, expected: shape, found: tensor.shape)
    }
    let placed = tensor.to(device: device, dtype: dtype)
    registry.record(request, placed)
    return placed
  }

  private func fullName(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// What a model asked its scope for: the parameters for training, saving and inspecting, the linears for adapters.
public final class Registry {
  /// A parameter as the model holds it.
  public struct Parameter {
    public let request: WeightRequest
    public let tensor: Tensor
    public var name: String { request.name }
  }

  /// All parameters in the order they were asked for.
  public private(set) var parameters: [Parameter] = []
  /// All linears by path.
  public private(set) var linears: [String: Linear] = [:]

  func record(_ request: WeightRequest, _ tensor: Tensor) {
    parameters.append(Parameter(request: request, tensor: tensor))
  }

  func record(_ linear: Linear) {
    linears[linear.path] = linear
  }

  /// Number of values in all parameters.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.request.shape.reduce(1, *) } }
}
