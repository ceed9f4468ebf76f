import LoRWeBModels
import LoRWeBTorch

/// A basis mixed for one analogy, or for a batch of them: what is added to each linear.
///
/// Three ways to apply it give the same up to rounding: `attach(as: .residual)` with a coefficient vector per sample,
/// `attach(as: .rankConcatenated)` as one low-rank side path, and `FusedSource`, which adds it while weights are loaded.
public struct Mix {
  public let basis: LoRABasis
  /// [B, N] by the linear's path.
  public let coefficients: [String: Tensor]
  /// Multiplies ΔW: 0 is the base, 1 as trained, negative the other way.
  public var strength: Double

  public init(basis: LoRABasis, coefficients: [String: Tensor], strength: Double = 1) {
    self.basis = basis
    self.coefficients = coefficients
    self.strength = strength
  }

  /// The mix for a query [B, Q].
  public init(basis: LoRABasis, query: Tensor, strength: Double = 1) {
    self.init(basis: basis, coefficients: Router(basis).coefficients(query: query), strength: strength)
  }

  /// ΔW [out, in] of one linear in fp32, for a mix of one sample; nil if the basis doesn't adapt it.
  public func weightDelta(_ path: String) -> Tensor? {
    lowRankFactors(path).map { down, up in up.mm(down) }
  }

  /// down [N r, in] and up [out, N r] whose product is ΔW, in fp32, for a mix of one sample.
  ///
  /// Coefficients and strength are folded into up, so this is the ordinary LoRA the analogy amounts to.
  func lowRankFactors(_ path: String) -> (down: Tensor, up: Tensor)? {
    guard let layer = basis.layers[path], let c = coefficients[path] else { return nil }
    let rows = basis.size.count * basis.size.rank
    let down = layer.loraA.to(.float32).transposed(1, 2).reshaped([rows, -1])
    let scaled = layer.loraB.to(.float32) * (c.selected(0, 0).to(.float32).reshaped([-1, 1, 1]) * strength)
    return (down, scaled.reshaped([rows, -1]).transposed(0, 1))
  }

  /// How much of each LoRA is used: coefficients averaged over samples and layers, N numbers.
  public func meanCoefficients() -> [Float] {
    // In one order: sums in another differ in the last digit, and recipes with them.
    let rows = basis.adapted.compactMap { coefficients[$0.path]?.to(.float32).mean(over: [0]) }
    return rows.isEmpty ? [] : stacked(rows).mean(over: [0]).array()
  }

  /// What a user should hear about before wondering why nothing happened; empty if the mix does something.
  public func warnings() -> [String] {
    if strength == 0 { return ["The strength is 0, so the basis changes nothing."] }
    let trained = basis.layers.filter { $0.value.loraB.magnitude().maximum().item() > 0 }
    if trained.isEmpty { return ["All B matrices of the basis are zero: it is untrained and changes nothing."] }
    let changesNothing = basis.layers.allSatisfy { path, layer in coefficients[path].map { isSilent(layer, $0) } ?? true }
    return changesNothing
      ? ["All mixing coefficients are zero where the basis isn't, so it changes nothing for these pictures."] : []
  }

  /// True if no LoRA of a layer has coefficient, A and B all different from zero.
  private func isSilent(_ layer: LoRABasis.Layer, _ coefficients: Tensor) -> Bool {
    func isUsed(_ x: Tensor) -> Tensor { x.magnitude().to(.float32).maximum(over: [1, 2]) .> 0 }  // [N]
    let isMixed = coefficients.magnitude().maximum(over: [0]) .> 0
    return !isMixed.logicalAnd(isUsed(layer.loraA)).logicalAnd(isUsed(layer.loraB)).any()
  }

  /// Refuses a batch of analogies where only one can be held.
  ///
  /// - Throws: `AdapterError.needsOneSample`.
  func checkOneSample() throws {
    let samples = coefficients.values.map { $0.size(0) }.max() ?? 1
    guard samples == 1 else { throw AdapterError.needsOneSample(found: samples) }
  }
}

extension Mix {
  /// A way to add the mix at run time.
  public enum Attachment: Sendable, CaseIterable {
    /// Per-sample coefficients between A and B: differentiable, and each sample of a batch has its own analogy.
    case residual
    /// One low-rank side path for one analogy; leaves quantised weights as they are.
    case rankConcatenated
  }

  /// Puts the mix on a model's linears, replacing what was on them.
  ///
  /// - Parameter dtype: what `.residual` computes in; A's type if nil, fp32 for one in fp16.
  /// - Throws: `AdapterError.doesNotFitBase` if a layer of the basis isn't there in that size, `.needsOneSample` for a batch in a
  ///   form that holds one analogy; nothing is changed then.
  public func attach(to registry: Registry, as form: Attachment, in dtype: DType? = nil) throws {
    if form == .rankConcatenated { try checkOneSample() }
    try checkFit(of: basis.adapted, to: "memory", from: "in memory") { path in
      registry.linears[path].map { [$0.outputs, $0.inputs] }
    }
    for (path, layer) in basis.layers {
      guard let linear = registry.linears[path], let c = coefficients[path] else { continue }
      switch form {
      case .residual:
        let own: DType = layer.loraA.dtype == .float16 ? .float32 : layer.loraA.dtype
        linear.delta = ResidualDelta(layer: layer, coefficients: c, strength: strength, dtype: dtype ?? own)
      case .rankConcatenated:
        guard let (down, up) = lowRankFactors(path) else { continue }
        linear.delta = LowRankDelta(down: down.to(linear.weight.dtype), up: up.to(linear.weight.dtype))
      }
    }
  }

  /// Takes the mix off again.
  public func detach(from registry: Registry) {
    for path in basis.layers.keys { registry.linears[path]?.delta = nil }
  }
}
