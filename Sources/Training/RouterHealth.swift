import LoRWeBTorch

/// Whether the router uses what it has: gathered over the steps since a run began or was continued.
public struct RouterHealth {
  /// Mean entropy of a sample's coefficients in one layer, in nats; ln N is even use, 0 is one LoRA alone.
  public private(set) var entropy = 0.0
  /// Each LoRA's share of all coefficients in the latest step, N numbers.
  public private(set) var shares: [Double] = []
  /// Layers times N less those LoRAs whose coefficient once rose above 1 / (4 N).
  public private(set) var silent = 0
  private var largest: Tensor?

  /// Takes in a step's coefficients, [B, N] of each layer.
  mutating func take(_ coefficients: [String: Tensor]) {
    guard !coefficients.isEmpty else { return }
    noGrad {
      let all = stacked(coefficients.sorted { $0.key < $1.key }.map { $0.value.to(.float32).magnitude() })  // [layers, B, N]
      let shares = all / all.sum(over: [2], keeping: true).clamped(1e-12, nil)
      entropy = -(shares * shares.clamped(1e-12, nil).log()).sum(over: [2]).mean().item()
      self.shares = shares.mean(over: [0, 1]).array()
      let here = all.maximum(over: [1])
      let most = largest?.maximum(here) ?? here
      largest = most
      silent = Int((most .<= 1 / (4 * Double(all.size(2)))).to(.float32).sum().item())
    }
  }
}
