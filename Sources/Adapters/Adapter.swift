import LoRWeBModels
import LoRWeBTorch

/// Something that changes linears of a model by low-rank matrices: a mix of a basis, or an ordinary LoRA. `fit` is checked once,
/// `attach` adds it at run time, `fuse` adds it to the weights; what both give back takes it off again. `LoRAExport` writes it as
/// a file that other programs read.
public protocol Adapter {
  /// What it changes, sorted by path.
  var layers: [AdaptedLinear] { get }
  /// For messages, such as a file's name.
  var location: String { get }
  /// What to add to the outputs of linears, by path, computed in the type of the adapter's matrices.
  func deltas() -> [String: any LinearDelta]
  /// ΔW of the linear at a path as two matrices, made when it is asked for; nil if it isn't changed.
  func lowRank(_ path: String) -> LoRA.Layer?
  /// Refuses to be fused if it isn't one and the same for all samples.
  /// - Throws: `AdapterError.needsOneSample`.
  func checkFusible() throws
}

/// That layers are in a base in the sizes an adapter was made for: found out once, asked for by every attaching and fusing.
public struct Fit: Sendable {
  public let layers: [AdaptedLinear]

  /// - Parameter found: the shape [out, in] of the base's weight at a path, nil if there is none.
  private init(of layers: [AdaptedLinear], to base: String, from location: String, _ found: (String) -> [Int]?) throws {
    func refuse(_ problem: String) -> AdapterError { .doesNotFitBase(location: location, base: base, problem: problem) }
    let unknown = layers.filter { found($0.path) == nil }
    if unknown.count == layers.count {
      throw refuse("none of its \(layers.count) layers is there, for example \(unknown.first?.path ?? "")")
    }
    if let first = unknown.first {
      throw refuse("\(unknown.count) of its \(layers.count) layers are not there, for example \(first.path)")
    }
    for layer in layers {
      let (shape, expected) = (found(layer.path) ?? [], [layer.outputs, layer.inputs])
      if shape != expected { throw refuse("\(layer.path) has weights of shape \(shape), expected \(expected)") }
    }
    self.layers = layers
  }

  private init(checked layers: [AdaptedLinear]) { self.layers = layers }

  /// For a source's weights; a source that makes whatever is asked for fits.
  /// - Throws: `AdapterError.doesNotFitBase`.
  public init(of layers: [AdaptedLinear], to source: any WeightSource, from location: String) throws {
    self =
      source.names == nil
      ? Fit(checked: layers)
      : try Fit(of: layers, to: source.location, from: location) { source.shape(of: "\($0).weight") }
  }

  /// The same for a model in memory.
  /// - Throws: `AdapterError.doesNotFitBase`.
  public init(of layers: [AdaptedLinear], to registry: Registry, from location: String) throws {
    try self.init(of: layers, to: "memory", from: location) { registry.linears[$0].map { [$0.outputs, $0.inputs] } }
  }

  /// - Throws: `AdapterError.doesNotFitBase` for an adapter of other layers than those looked at.
  fileprivate func check(_ adapter: some Adapter) throws {
    guard adapter.layers == layers else {
      throw AdapterError.doesNotFitBase(
        location: adapter.location, base: "memory", problem: "its layers are others than those that were checked")
    }
  }
}

extension Adapter {
  /// ΔW [out, in] of the linear at a path, in fp32; nil if it isn't changed.
  public func weightDelta(_ path: String) -> Tensor? { lowRank(path)?.delta() }

  /// Whether a model in memory has what is changed.
  /// - Throws: `AdapterError.doesNotFitBase`.
  public func fit(_ registry: Registry) throws -> Fit { try Fit(of: layers, to: registry, from: location) }

  /// Adds the adapter at run time: to every linear that looks in the table, whenever it was built. Several add up.
  /// - Parameter fit: of these layers.
  /// - Throws: `AdapterError.doesNotFitBase` for the fit of other layers; nothing is changed then.
  public func attach(to table: DeltaTable, _ fit: Fit) throws -> DeltaTable.Attachment {
    try fit.check(self)
    return table.attach(deltas())
  }

  /// Adds the adapter to the weights of models in memory, each linear's read anew from the source they were built from.
  /// - Returns: what takes it off again by reading the weights once more, bit for bit as they were.
  /// - Throws: `AdapterError.doesNotFitBase` for the fit of other layers, `.needsOneSample`; what reading throws, the weights
  ///   as they were then if they can be read.
  public func fuse(into registries: [Registry], readFrom source: any WeightSource, _ fit: Fit) throws -> Fusion {
    try fit.check(self)
    try checkFusible()
    let fusion = Fusion(of: self, in: registries, readFrom: source)
    do {
      let fused = FusedSource(checked: source, adding: self)
      for registry in registries { try registry.reread(fusion.paths, from: fused) }
      return fusion
    } catch {
      try? fusion.takeOff()
      throw error
    }
  }
}

public struct Fusion {
  private let registries: [Registry]
  fileprivate let paths: [String]
  private let source: any WeightSource

  /// Of an adapter that models were loaded with, from a `FusedSource` over this source.
  public init(of adapter: any Adapter, in registries: [Registry], readFrom source: any WeightSource) {
    (self.registries, self.source, paths) = (registries, source, adapter.layers.map(\.path))
  }

  /// Reads the weights again, never subtracts: they are bit for bit what they were.
  public func takeOff() throws {
    try withTorchErrors { for registry in registries { try registry.reread(paths, from: source) } }
  }
}
