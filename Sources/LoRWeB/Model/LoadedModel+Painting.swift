import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

extension LoadedModel {
  /// Paints a batch, with an adapter or as the base does.
  /// - Parameters:
  ///   - adapter: nil for the base alone.
  ///   - way: nil is the cheaper one.
  /// - Throws: what loading throws; `ModelError.badInput` for values that are no numbers; what `report` throws.
  public func paint(
    _ painting: Painting, with adapter: FittedAdapter?, as way: AdapterUse? = nil,
    report: (PaintingProgress) throws -> Void = { _ in }
  ) throws -> Tensor {
    let latents = try with(adapter, as: way, for: painting) { try backbone.paint(painting, parts, report: report) }
    guard latents.isFinite().all() else {
      throw ModelError.badInput(
        "The model painted values that are no numbers in \(dtype); compute in float32, and check the weights if that fails.")
    }
    return latents
  }

  /// Does something while an adapter is on the transformer's parts; takes it off again, or keeps it fused for the next time.
  func with<Result>(
    _ adapter: FittedAdapter?, as way: AdapterUse?, for painting: Painting, _ body: () throws -> Result
  ) throws -> Result {
    guard let adapter else {
      try takeOffFused()
      return try body()
    }
    switch try parts.hasFixed ? .attach : way ?? cheaper(adapter, painting) {
    case .attach:
      try takeOffFused()
      let attachment = try adapter.adapter.attach(to: parts.deltas, adapter.fit)
      defer { attachment.takeOff() }
      return try body()
    case .fuse:
      let files = try opened.weights(of: .transformer)
      if fused?.key != adapter.key {
        try takeOffFused()
        do {
          _ = try adapter.adapter.fuse(into: parts.registries(from: .transformer), readFrom: files, adapter.fit)
        } catch {
          // Some weights may hold the adapter and some not: whoever needs them reads them anew.
          parts.drop(from: .transformer)
          throw error
        }
        fused = adapter
      }
      // What isn't in memory yet is loaded with the adapter in it.
      parts.replaced[.transformer] = try FusedSource(files, adding: adapter.adapter)
      defer { parts.replaced[.transformer] = nil }
      return try body()
    }
  }

  private func takeOffFused() throws {
    guard let adapter = fused else { return }
    fused = nil
    do {
      try Fusion(of: adapter.adapter, in: parts.registries(from: .transformer), readFrom: opened.weights(of: .transformer))
        .takeOff()
    } catch {
      parts.drop(from: .transformer)
      throw error
    }
  }

  /// The way with fewer multiplications: attached, a low-rank path for every token of every step; fused, one product for every
  /// weight, which must be read and written besides.
  private func cheaper(_ adapter: FittedAdapter, _ painting: Painting) throws -> AdapterUse {
    guard (try? adapter.adapter.checkFusible()) != nil else { return .attach }
    if let fused, fused.key == adapter.key { return .fuse }
    let tokens = painting.parts.tokens(of: backbone.token(factor: painting.factor))
    let (steps, keep) = (painting.steps, max(painting.keep, 1))
    let passes = Double((tokens.painted * steps + tokens.context * ((steps + keep - 1) / keep)) * painting.seeds.count)
    let reading = 64.0  // what reading a weight, adding to it and rounding it costs, in multiplications
    let rank = Double(adapter.rank)
    let attached = adapter.fit.layers.reduce(0) { $0 + passes * rank * Double($1.inputs + $1.outputs) }
    let fused = adapter.fit.layers.reduce(0) { $0 + Double($1.inputs * $1.outputs) * (rank + reading) }
    return attached < fused ? .attach : .fuse
  }
}

/// How an adapter is applied.
public enum AdapterUse: String, Sendable, CaseIterable, Codable {
  /// Beside the weights, which stay as they are: many analogies, few steps.
  case attach
  /// Into the weights: one analogy, many steps.
  case fuse
}

/// An adapter that is known to fit, and a name for it: what has the same name is the same adapter.
public struct FittedAdapter {
  public let adapter: any Adapter
  public let fit: Fit
  public let key: AnyHashable
  /// Columns of its low-rank path.
  public let rank: Int

  public init(_ adapter: any Adapter, _ fit: Fit, key: AnyHashable, rank: Int) {
    (self.adapter, self.fit, self.key, self.rank) = (adapter, fit, key, rank)
  }
}
