import LoRWeBModels
import LoRWeBTorch

/// How noisy the samples of a step are.
public struct NoiseLevels: Codable, Sendable, Equatable {
  public enum Kind: String, NamedChoice {
    /// σ = t / 1000 with t uniform over 1000 … 2: the toolkit's `randint(0, 999)`, which never reaches t = 1.
    case uniform
    /// σ = sigmoid(N(mean, deviation)).
    case logitNormal
  }

  public var kind: Kind
  /// Share of the samples that are at pure noise (σ = 1) whatever the kind.
  public var atPureNoise: Double
  public var mean, deviation: Double

  public init(kind: Kind = .uniform, atPureNoise: Double = 0, mean: Double = 0, deviation: Double = 1) {
    (self.kind, self.atPureNoise, self.mean, self.deviation) = (kind, atPureNoise, mean, deviation)
  }

  /// σ of `count` samples in fp32.
  public func draw(_ count: Int, generator: Generator) -> Tensor {
    let level =
      switch kind {
      case .uniform: (1000 - Tensor.randint(0, 999, [count], generator: generator)).to(.float32) / 1000
      case .logitNormal: (Tensor.randn([count], generator: generator) * deviation + mean).sigmoid()
      }
    guard atPureNoise > 0 else { return level }
    let isPure = Tensor.rand([count], generator: generator) .< atPureNoise
    return isPure.select(.ones([count]), else: level)
  }
}

/// The random part of a step.
public struct NoiseDraw {
  /// In fp32: [B], 1 for pure noise to 0, and standard normal numbers of the target's shape.
  public let sigmas, noise: Tensor

  public init(sigmas: Tensor, noise: Tensor) { (self.sigmas, self.noise) = (sigmas, noise) }

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
