import LoRWeBModels
import LoRWeBTorch

/// How an autoencoder learns: the pixels' error, a perceptual distance, and latents of a size, under noise on the latents.
///
/// Pieces teach quickly, whole pictures teach the borders, which pieces cut out of the middle never show.
public struct AutoencoderLoss: Codable, Sendable, Equatable {
  /// Where training begins.
  public enum Start: String, NamedChoice {
    /// The weights of the folder that is gone on from.
    case given
    /// Those of `LinearStart`.
    case linear
  }

  /// How far apart pixels are.
  public enum Difference: String, NamedChoice {
    case absolute
    case squared
  }

  public var start = Start.given
  public var difference = Difference.absolute
  /// Side of whole pictures in pixels.
  public var side = 128
  /// Side of pieces.
  public var pieceSide = 64
  /// Pieces in a batch.
  public var pieces = 32
  /// Whole pictures in a batch.
  public var wholeBatch = 8
  /// Of so many steps the last is one of whole pictures, the others are of pieces.
  public var wholePeriod = 4
  /// Standard deviation of the noise on latents before they are decoded: how much the base may err unseen.
  public var noise = 0.1
  /// Weight of ST-LPIPS; it is taken of every fourth picture.
  public var perceptual = 0.25
  /// Share of the steps before it counts.
  public var perceptualFrom = 0.2
  /// Weight of the latents' mean square.
  public var latentPenalty = 1e-3

  public init() {}

  /// The names that users write.
  private enum CodingKeys: String, CodingKey {
    case start, difference, side, pieceSide, pieces, noise, perceptual, perceptualFrom, latentPenalty
    case wholeBatch = "wholes"
    case wholePeriod = "wholeEvery"
  }

  /// Whether a step is one of whole pictures.
  public func isWhole(_ step: Int) -> Bool { step % wholePeriod == wholePeriod - 1 }

  /// Adds the loss's gradients to the model's parameters.
  ///
  /// - Parameters:
  ///   - pictures: [B, 3, H, W] within −1...1.
  ///   - metric: ST-LPIPS, or nil while it doesn't count.
  /// - Returns: the loss, a scalar.
  func accumulate(
    _ model: AutoencoderKL, _ pictures: Tensor, metric: ShiftTolerantLPIPS?, generator: Generator
  ) throws -> Tensor {
    // Channels last, since convolutions and group norms are a third faster so on a CPU.
    let x = pictures.contiguous(.channelsLast)
    let mean = try model.encode(x).mean
    let y = try model.decode(mean + .randn(mean.shape, generator: generator).to(mean.device) * noise)
    let error = difference == .absolute ? (y - x).magnitude() : (y - x).power(2)
    var loss = error.mean() + (mean * mean).mean() * latentPenalty
    if let metric, perceptual > 0 {
      let count = max(x.size(0) / 4, 1)
      let distance = try metric(y.narrowed(0, from: 0, count: count), x.narrowed(0, from: 0, count: count))
      loss = loss + distance.mean() * perceptual
    }
    loss.backward()
    return loss
  }
}
