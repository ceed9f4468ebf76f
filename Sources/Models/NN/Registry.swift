import LoRWeBTorch

/// What a model asked its scope for: the parameters for training, saving and inspecting, the linears for adapters.
public final class Registry {
  public struct Parameter {
    public let request: WeightRequest
    /// Dense for all but the weights of linears.
    public internal(set) var weight: Weight
    public var tensor: Tensor { weight.tensor }
    public var name: String { request.name }
  }

  /// All parameters in the order they were asked for.
  public private(set) var parameters: [Parameter] = []
  public private(set) var linears: [String: Linear] = [:]
  /// Where the linears look up what adapters add.
  public let deltas: DeltaTable
  private var places: [String: Int] = [:]

  /// - Parameter deltas: shared by models whose linears one adapter reaches.
  public init(deltas: DeltaTable = DeltaTable()) { self.deltas = deltas }

  func record(_ request: WeightRequest, _ weight: Weight) {
    places[request.name] = parameters.count
    parameters.append(Parameter(request: request, weight: weight))
  }

  func record(_ linear: Linear) { linears[linear.path] = linear }
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.request.shape.reduce(1, *) } }
  public var byteCount: Int { parameters.reduce(0) { $0 + $1.weight.byteCount } }

  /// Lets go of the linears at these paths and of their parameters: who holds them no longer, frees them.
  public func forget(_ paths: Set<String>) {
    let names = Set(paths.flatMap { ["\($0).weight", "\($0).bias"] })
    linears = linears.filter { !paths.contains($0.key) }
    parameters.removeAll { names.contains($0.name) }
    places = Dictionary(parameters.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads the weights of linears anew, from the same source or another of the same shapes, in the types and places they have; one
  /// by one, so that no two copies of a model are held.
  /// - Throws: what reading throws; the linears read by then have the new weights.
  public func reread(_ paths: some Sequence<String>, from source: any WeightSource) throws {
    for path in paths {
      guard let linear = linears[path], let place = places["\(path).weight"] else { continue }
      let (device, dtype) = (linear.weight.tensor.device, linear.weight.dtype)
      let weight = try source.weight(parameters[place].request).placed(on: device, dtype: dtype)
      (linear.weight, parameters[place].weight) = (weight, weight)
    }
  }
}
