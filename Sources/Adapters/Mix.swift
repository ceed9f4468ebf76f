import LoRWeBModels
import LoRWeBTorch

/// A basis mixed for one analogy, or for a batch of them. Three ways to apply it give the same up to rounding: attached, with a
/// coefficient vector per sample; as the ordinary `lora` that one analogy amounts to; and fused into the weights.
public struct Mix {
  public let basis: LoRABasis
  /// [B, N] by the linear's path.
  public let coefficients: [String: Tensor]
  /// Multiplies ΔW: 0 is the base, 1 as trained, negative the other way.
  public var strength: Double
  private let matrices: BasisMatrices?

  /// - Parameter matrices: the basis laid out, to attach many mixes of one; nil lays it out for this one.
  public init(basis: LoRABasis, coefficients: [String: Tensor], strength: Double = 1, laidOut matrices: BasisMatrices? = nil) {
    (self.basis, self.coefficients, self.strength, self.matrices) = (basis, coefficients, strength, matrices)
  }

  /// The mix for a query [B, Q].
  public init(basis: LoRABasis, query: Tensor, strength: Double = 1, laidOut matrices: BasisMatrices? = nil) {
    self.init(basis: basis, coefficients: Router(basis).coefficients(query: query), strength: strength, laidOut: matrices)
  }

  /// The mix of several b's analogies made one by averaging their coefficients, such as for a file that is to serve all of them.
  /// - Returns: also how far apart they were: the root mean square distance of their coefficients from the average, as a share of
  ///   the average's size; 0 for one.
  public func averaged() -> (mix: Mix, spread: Double) {
    let means = coefficients.mapValues { $0.to(.float32).mean(over: [0], keeping: true) }
    var (distance, size) = (0.0, 0.0)
    for path in basis.adapted.map(\.path) {
      guard let all = coefficients[path]?.to(.float32), let mean = means[path] else { continue }
      distance += (all - mean).power(2).sum().item() / Double(max(all.size(0), 1))
      size += mean.power(2).sum().item()
    }
    let mix = Mix(basis: basis, coefficients: means, strength: strength, laidOut: matrices)
    return (mix, size > 0 ? (distance / size).squareRoot() : 0)
  }

  /// How much of each LoRA is used: coefficients averaged over samples and layers, N numbers.
  public func meanCoefficients() -> [Float] {
    // In one order: sums in another differ in the last digit, and recipes with them.
    let rows = basis.adapted.compactMap { coefficients[$0.path]?.to(.float32).mean(over: [0]) }
    return rows.isEmpty ? [] : stacked(rows).mean(over: [0]).array()
  }

  public static let silentAtStrengthZero = "The strength is 0, so the basis changes nothing."

  /// What a user should hear about before wondering why nothing happened; empty if the mix does something.
  public func warnings() -> [String] {
    if strength == 0 { return [Self.silentAtStrengthZero] }
    let used = basis.used()
    guard used.values.contains(where: { $0.b.contains(true) }) else {
      return ["All B matrices of the basis are zero: it is untrained and changes nothing."]
    }
    let changesNothing = used.allSatisfy { path, layer in
      guard let c = coefficients[path] else { return true }
      let isMixed = (c.magnitude().maximum(over: [0]) .> 0).array(of: Bool.self)
      return zip(isMixed, zip(layer.a, layer.b)).allSatisfy { !($0 && $1.0 && $1.1) }
    }
    return changesNothing
      ? ["All mixing coefficients are zero where the basis isn't, so it changes nothing for these pictures."] : []
  }
}

extension Mix: Adapter {
  public var layers: [AdaptedLinear] { basis.adapted }
  public var location: String { basis.location }

  public func deltas() -> [String: any LinearDelta] {
    (matrices ?? BasisMatrices(basis)).layers.reduce(into: [:]) { deltas, layer in
      deltas[layer.key] = coefficients[layer.key].map { MixDelta(matrices: layer.value, coefficients: $0, strength: strength) }
    }
  }

  public func checkFusible() throws {
    let samples = coefficients.values.map { $0.size(0) }.max() ?? 1
    guard samples == 1 else { throw AdapterError.needsOneSample(found: samples) }
  }

  /// The ordinary LoRA of rank N r that one analogy amounts to, in fp32.
  /// - Throws: `AdapterError.needsOneSample` for a batch of analogies.
  public func lora() throws -> LoRA {
    try checkFusible()
    return try LoRA(layers.reduce(into: [:]) { $0[$1.path] = lowRank($1.path) }, location: location)
  }

  /// down [N r, in] and up [out, N r] in fp32, coefficients and strength folded into up; for a mix of one sample.
  public func lowRank(_ path: String) -> LoRA.Layer? {
    guard let layer = basis.layers[path], let c = coefficients[path] else { return nil }
    let rows = basis.size.count * basis.size.rank
    let down = layer.loraA.to(.float32).transposed(1, 2).reshaped([rows, -1])
    let scaled = layer.loraB.to(.float32) * (c.selected(0, 0).to(.float32).reshaped([-1, 1, 1]) * strength)
    return LoRA.Layer(down: down, up: scaled.reshaped([rows, -1]).transposed(0, 1))
  }
}
