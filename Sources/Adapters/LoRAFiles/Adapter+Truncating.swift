import LoRWeBTorch

extension Adapter {
  /// The nearest LoRA of a smaller rank: the largest singular values of each ΔW, by the decomposition of its factors in fp64, so
  /// that ΔW itself is never made.
  /// - Returns: down matrices with orthonormal rows and all size in up, in fp32; and by path the share of ΔW's energy (the sum of
  ///   its squared entries) that was lost, 0 for a ΔW that had no more ranks.
  /// - Throws: `LoRAFileError` for a rank below 1; `AdapterError.needsOneSample`; `TorchError`.
  public func truncated(toRank rank: Int) throws -> (lora: LoRA, lost: [String: Double]) {
    guard rank > 0 else {
      throw LoRAFileError(.notWritable, location, "a LoRA of rank \(rank) can't be made; use a rank of 1 or more")
    }
    try checkFusible()
    var (matrices, lost): ([String: LoRA.Layer], [String: Double]) = ([:], [:])
    try withTorchErrors {
      for path in layers.map(\.path) {
        guard let layer = lowRank(path) else { continue }
        (matrices[path], lost[path]) = layer.truncated(to: rank)
      }
    }
    return (try LoRA(matrices, location: location), lost)
  }
}

extension LoRA.Layer {
  fileprivate func truncated(to rank: Int) -> (Self, lost: Double) {
    guard rank < self.rank else { return (self, 0) }
    // up = Qu Ru and downᵀ = Qd Rd, so ΔW = Qu (Ru Rdᵀ) Qdᵀ: the small core has ΔW's singular values.
    let (u, d) = (scaledUp().to(.float64), down.to(.float64).transposed())
    let (qu, qd) = (u.orthonormalColumns(), d.orthonormalColumns())
    let core = qu.transposed().mm(u).mm(qd.transposed().mm(d).transposed())
    let parts = core.singularValues()
    let kept = min(rank, parts.values.count)
    let energies = parts.values.power(2)
    let total = energies.sum().item()
    let keptEnergy = energies.narrowed(0, from: 0, count: kept).sum().item()
    let values = parts.values.narrowed(0, from: 0, count: kept)
    let up = qu.mm(parts.u.narrowed(1, from: 0, count: kept) * values)
    let down = parts.vTransposed.narrowed(0, from: 0, count: kept).mm(qd.transposed())
    return (Self(down: down.to(.float32), up: up.to(.float32)), total > 0 ? max(0, 1 - keptEnergy / total) : 0)
  }
}
