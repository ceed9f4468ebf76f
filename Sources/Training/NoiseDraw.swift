import Foundation
import LoRWeBTorch

/// How noisy the samples of a step are.
public enum NoiseLevels: Codable, Sendable, Equatable {
  /// σ = t / 1000 with t uniform over 1000 … 2: the toolkit's `randint(0, 999)`, which never reaches t = 1.
  case uniform
  /// A share of the samples at pure noise (σ = 1), the rest at sigmoid(N(mean, deviation)).
  case logitNormal(atPureNoise: Double, mean: Double, deviation: Double)

  /// σ of `count` samples in fp32.
  func draw(_ count: Int, generator: Generator) -> Tensor {
    switch self {
    case .uniform:
      let index = Tensor.randint(0, 999, [count], generator: generator)
      return (1000 - index).to(.float32) / 1000
    case .logitNormal(let share, let mean, let deviation):
      let level = (Tensor.randn([count], generator: generator) * deviation + mean).sigmoid()
      let isPure = Tensor.rand([count], generator: generator) .< share
      return isPure.select(.ones([count]), else: level)
    }
  }
}

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

/// How much a sample's error counts, by its noise.
public enum TimestepWeighting: Codable, Sendable, Equatable {
  /// exp(−2 ((i − 500) / 1000)²) less its minimum, scaled to mean 1, for i = 1000 − t: what the authors' trainer uses.
  case bell
  case none
  /// A weight for each t = 1000 … 1.
  case table([Double])

  /// Weights [B] in fp32 for σ [B].
  public func weights(_ sigmas: Tensor) -> Tensor? {
    let entries: [Float]
    switch self {
    case .none: return nil
    case .bell: entries = Self.bellEntries
    case .table(let table): entries = table.map(Float.init)
    }
    let index = (1000 - sigmas * 1000).rounded().clamped(0, Double(entries.count - 1)).to(.int64)
    return Tensor(entries).to(sigmas.device).entries(index, along: 0)
  }

  private static let bellEntries: [Float] = {
    let raw = (0..<1000).map { exp(-2 * pow((Double($0) - 500) / 1000, 2)) }
    let lowest = raw.min() ?? 0
    let sum = raw.reduce(0) { $0 + $1 - lowest }
    return raw.map { Float(($0 - lowest) * 1000 / sum) }
  }()
}
