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
  public var mean: Double
  public var deviation: Double

  public init(kind: Kind = .uniform, atPureNoise: Double = 0, mean: Double = 0, deviation: Double = 1) {
    (self.kind, self.atPureNoise, self.mean, self.deviation) = (kind, atPureNoise, mean, deviation)
  }

  /// σ of `count` samples in fp32.
  public func draw(_ count: Int, generator: Generator) -> Tensor {
    let level: Tensor
    switch kind {
    case .uniform: level = (1000 - Tensor.randint(0, 999, [count], generator: generator)).to(.float32) / 1000
    case .logitNormal: level = (Tensor.randn([count], generator: generator) * deviation + mean).sigmoid()
    }
    guard atPureNoise > 0 else { return level }
    let isPure = Tensor.rand([count], generator: generator) .< atPureNoise
    return isPure.select(.ones([count]), else: level)
  }
}
