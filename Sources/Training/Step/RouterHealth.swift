import LoRWeBTorch

/// Whether the router uses what it has: gathered over all steps of a run.
public struct RouterHealth: Codable, Sendable {
  /// Mean entropy of a sample's coefficients in one layer, in nats; ln N is even use, 0 is one LoRA alone.
  public fileprivate(set) var entropy = 0.0
  /// Each LoRA's share of all coefficients in the latest step, N numbers.
  public fileprivate(set) var shares: [Double] = []
  /// Layers times N less those LoRAs whose coefficient once rose above 1 / (4 N).
  public fileprivate(set) var silent = 0
  /// The largest coefficient of each LoRA so far, layer by layer.
  fileprivate var largest: [Float] = []
}

/// Gathers the routing's health step by step, on the device; it is read when someone asks for it.
final class RoutingGauge {
  private var known: RouterHealth
  /// Magnitudes of the latest step, [layers, B, N].
  private var latest: Tensor?
  /// The largest so far, [layers, N].
  private var largest: Tensor?

  init(_ known: RouterHealth? = nil) { self.known = known ?? RouterHealth() }

  /// Takes in a step's coefficients, [B, N] of each layer.
  func take(_ coefficients: [String: Tensor]) {
    guard !coefficients.isEmpty else { return }
    noGrad {
      let all = Self.magnitudes(coefficients)
      let here = all.maximum(over: [1])
      let before =
        largest ?? (known.largest.count == here.count ? Tensor(known.largest, shape: here.shape).to(here.device) : nil)
      (latest, largest) = (all, before.map { $0.maximum(here) } ?? here)
    }
  }

  func health() throws -> RouterHealth {
    guard let latest, let largest else { return known }
    try withTorchErrors {
      noGrad {
        let shares = Self.shares(latest)
        known.entropy = Self.entropy(shares).item()
        known.shares = shares.mean(over: [0, 1]).array()
        known.largest = largest.array()
        known.silent = known.largest.count { $0 <= 1 / (4 * Float(latest.size(2))) }
      }
    }
    return known
  }

  /// The mean entropy of coefficients, [B, N] of each layer, as a scalar.
  static func entropy(of coefficients: [String: Tensor]) -> Tensor { entropy(shares(magnitudes(coefficients))) }

  /// Magnitudes [layers, B, N] in fp32, layers in the order of their names.
  private static func magnitudes(_ coefficients: [String: Tensor]) -> Tensor {
    stacked(coefficients.sorted { $0.key < $1.key }.map { $0.value.to(.float32).absolute })
  }

  private static func shares(_ all: Tensor) -> Tensor { all / all.sum(over: [2], keeping: true).clamped(1e-12, nil) }
  private static func entropy(_ shares: Tensor) -> Tensor { -(shares * shares.clamped(1e-12, nil).log()).sum(over: [2]).mean() }
}
