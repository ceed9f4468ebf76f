import LoRWeBTorch

/// Whether the router uses what it has: gathered over all steps of a run.
public struct RouterHealth: Codable, Sendable {
  /// Mean entropy of a sample's coefficients in one layer, in nats; ln N is even use, 0 is one LoRA alone.
  public private(set) var entropy = 0.0
  /// Each LoRA's share of all coefficients in the latest step, N numbers.
  public private(set) var shares: [Double] = []
  /// Layers times N less those LoRAs whose coefficient once rose above 1 / (4 N).
  public private(set) var silent = 0
  /// The largest coefficient of each LoRA so far, layer by layer.
  private var largest: [Float] = []

  init() {}

  /// Takes in a step's coefficients, [B, N] of each layer.
  mutating func take(_ coefficients: [String: Tensor]) {
    guard !coefficients.isEmpty else { return }
    noGrad {
      let all = Self.all(coefficients)
      let shares = Self.shares(all)
      entropy = Self.entropy(shares).item()
      self.shares = shares.mean(over: [0, 1]).array()
      let here = all.maximum(over: [1]).array(of: Float.self)
      largest = largest.count == here.count ? zip(largest, here).map(max) : here
      let least = 1 / (4 * Float(all.size(2)))
      silent = largest.count { $0 <= least }
    }
  }

  /// The mean entropy of coefficients, [B, N] of each layer, as a scalar.
  static func entropy(_ coefficients: [String: Tensor]) -> Tensor { entropy(shares(all(coefficients))) }

  /// Magnitudes [layers, B, N] in fp32, layers in the order of their names.
  private static func all(_ coefficients: [String: Tensor]) -> Tensor {
    stacked(coefficients.sorted { $0.key < $1.key }.map { $0.value.to(.float32).magnitude() })
  }

  private static func shares(_ all: Tensor) -> Tensor { all / all.sum(over: [2], keeping: true).clamped(1e-12, nil) }

  private static func entropy(_ shares: Tensor) -> Tensor { -(shares * shares.clamped(1e-12, nil).log()).sum(over: [2]).mean() }
}
