import LoRWeBModels
import LoRWeBTorch

/// Sizes all layers of a basis share.
public struct BasisSize: Sendable, Equatable, Codable {
  /// N: LoRAs in the bank; r: rank of each.
  public var count, rank: Int
  /// d: width of a key; Q: of the external query.
  public var keyWidth, queryWidth: Int

  public init(count: Int, rank: Int, keyWidth: Int, queryWidth: Int) {
    (self.count, self.rank, self.keyWidth, self.queryWidth) = (count, rank, keyWidth, queryWidth)
  }

  /// Values in a basis over these layers.
  public func parameterCount(_ layers: [AdaptedLinear]) -> Int {
    layers.reduce(0) { total, layer in
      total + count * (layer.inputs + layer.outputs) * rank + count * keyWidth + keyWidth * queryWidth
    }
  }
}

/// A linear that a basis adapts.
public struct AdaptedLinear: Sendable, Equatable, Codable {
  /// Diffusers path below the transformer.
  public let path: String
  public let inputs, outputs: Int

  public init(path: String, inputs: Int, outputs: Int) { (self.path, self.inputs, self.outputs) = (path, inputs, outputs) }

  /// Every linear in the transformer's blocks, modulation included, and nothing outside them (docs/method.md), sorted by path.
  public static func all(in registry: Registry, where adapts: (String) -> Bool = FluxTransformer.adapts) -> [AdaptedLinear] {
    registry.linears.values
      .filter { adapts($0.path) }
      .map { AdaptedLinear(path: $0.path, inputs: $0.inputs, outputs: $0.outputs) }
      .sorted { $0.path < $1.path }
  }

  /// The same from a configuration alone, without weights.
  /// - Throws: `ModelError` for a bad configuration.
  public static func all(
    in config: FluxConfig, where adapts: (String) -> Bool = FluxTransformer.adapts
  ) throws -> [AdaptedLinear] {
    var registry: Registry?
    _ = try plan { scope in registry = try FluxTransformer(scope, config: config).registry }
    return registry.map { all(in: $0, where: adapts) } ?? []
  }
}

/// A bank of N small LoRAs with learned keys on every adapted linear (arXiv 2602.15727).
public struct LoRABasis {
  /// One linear's share.
  public struct Layer {
    /// A [N, in, r], B [N, r, out], keys [N, d].
    public let loraA, loraB, keys: Tensor
    /// [d, Q]; nil if the query is used as it is.
    public let toQ: Tensor?
  }

  public let size: BasisSize
  public let settings: RouterSettings
  /// For messages, such as the file's name.
  public var location = "A basis in memory"
  /// By the linear's path.
  public let layers: [String: Layer]
  /// What it adapts, sorted by path.
  public let adapted: [AdaptedLinear]
  /// Its parameters under the names of the published format.
  public let registry: Registry
  private let looked = Looked()

  /// Asks the scope, at the file's root, for the published names: `transformer.<path>.lora_A` and so on. From scratch they
  /// start as the paper's training does: A uniform ± 1/√(in · r), B zero, keys standard normal, to_q uniform ± 1/√Q.
  /// - Parameters:
  ///   - hasProjection: false for `query_projection_type: none`, where Q must equal d.
  ///   - startOfB: how B starts; anything but zeros makes an untrained basis that changes pictures.
  /// - Throws: `AdapterError.badSettings` if the heads don't divide d; what the scope throws.
  public init(
    _ scope: Scope, layers linears: [AdaptedLinear], size: BasisSize, settings: RouterSettings, hasProjection: Bool = true,
    startOfB: Initial = .zeros
  ) throws {
    try settings.check(keyWidth: size.keyWidth, at: "this basis")
    (self.size, self.settings, registry) = (size, settings, scope.registry)
    adapted = linears.sorted { $0.path < $1.path }
    var layers: [String: Layer] = [:]
    for linear in linears {
      let place = scope["transformer"][linear.path]
      layers[linear.path] = Layer(
        loraA: try place.tensor("lora_A", [size.count, linear.inputs, size.rank], initial: .fanIn(linear.inputs * size.rank)),
        loraB: try place.tensor("lora_B", [size.count, size.rank, linear.outputs], initial: startOfB),
        keys: try place.tensor("lora_keys", [size.count, size.keyWidth], initial: .normal(deviation: 1)),
        toQ: hasProjection
          ? try place.tensor("att_lora_to_q.weight", [size.keyWidth, size.queryWidth], initial: .fanIn(size.queryWidth)) : nil)
    }
    self.layers = layers
  }

  private final class Looked { var used: [String: (a: [Bool], b: [Bool])]? }

  /// Which A and which B of a layer's N LoRAs are different from zero, by path; looked at once.
  func used() -> [String: (a: [Bool], b: [Bool])] {
    if let used = looked.used { return used }
    func isUsed(_ x: Tensor) -> [Bool] { (x.magnitude().to(.float32).maximum(over: [1, 2]) .> 0).array(of: Bool.self) }
    let used = layers.mapValues { (isUsed($0.loraA), isUsed($0.loraB)) }
    looked.used = used
    return used
  }
}
