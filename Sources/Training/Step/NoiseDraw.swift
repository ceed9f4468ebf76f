import LoRWeBTorch

/// The random part of a step.
public struct NoiseDraw {
  /// [B] in fp32, 1 for pure noise to 0.
  public let sigmas: Tensor
  /// Standard normal, of the target's shape, in fp32.
  public let noise: Tensor

  public init(sigmas: Tensor, noise: Tensor) {
    self.sigmas = sigmas
    self.noise = noise
  }

  init(_ levels: NoiseLevels, for target: Tensor, generator: Generator) {
    sigmas = levels.draw(target.size(0), generator: generator).to(target.device)
    noise = Tensor.randn(target.shape, generator: generator).to(target.device)
  }

  /// (1 − σ) x + σ noise.
  func noisy(_ x: Tensor) -> Tensor {
    let sigma = sigmas.reshaped([-1, 1, 1])
    return (1 - sigma) * x + sigma * noise
  }
}
