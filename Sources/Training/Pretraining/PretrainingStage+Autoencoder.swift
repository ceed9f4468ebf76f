import Foundation
import LoRWeBAnalogyData
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
  public enum Difference: String, NamedChoice { case absolute, squared }

  public var start = Start.given
  public var difference = Difference.absolute
  /// Side of whole pictures and of pieces in pixels.
  public var (side, pieceSide) = (128, 64)
  /// Pieces, and whole pictures, in a batch.
  public var (pieces, wholeBatch) = (32, 8)
  /// Of so many steps the last is one of whole pictures, the others are of pieces.
  public var wholePeriod = 4
  /// Standard deviation of the noise on latents before they are decoded: how much the base may err unseen.
  public var noise = 0.1
  /// Weight of ST-LPIPS, which is taken of every fourth picture, and the share of the steps before it counts.
  public var (perceptual, perceptualFrom) = (0.25, 0.2)
  /// Weight of the latents' mean square.
  public var latentPenalty = 1e-3

  public init() {}

  /// The names that users write.
  private enum CodingKeys: String, CodingKey {
    case start, difference, side, pieceSide, pieces, noise, perceptual, perceptualFrom, latentPenalty
    case wholeBatch = "wholes"
    case wholePeriod = "wholeEvery"
  }

  func isWhole(_ step: Int) -> Bool { step % wholePeriod == wholePeriod - 1 }

  /// Adds the loss's gradients to the model's parameters; gives it, a scalar.
  /// - Parameter pictures: [B, 3, H, W] within −1...1.
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

extension PretrainingStage {
  /// Pictures to latents and back.
  /// - Parameters:
  ///   - model: in fp32 memory of its own.
  ///   - metric: ST-LPIPS; may be nil if its weight in the settings is 0.
  ///   - validation: what `psnr` is measured on, whole.
  /// - Throws: `TorchError`; what making the validation pictures throws.
  public static func autoencoder(
    _ model: AutoencoderKL, metric: ShiftTolerantLPIPS?, pictures: PictureCrops, validation: PictureCrops,
    config: PretrainingConfig
  ) throws -> PretrainingStage {
    let settings = config.autoencoder
    let device = model.registry.parameters.first?.tensor.device ?? .cpu
    let kept = try validation.wholes().map { picture in try withTorchErrors { Tensor.signed(picture).to(device) } }
    let metricFrom = Int(settings.perceptualFrom * Double(config.steps))
    return PretrainingStage(
      trained: TrainedTensor.all(of: model.registry),
      accumulate: { step, generator in
        let isWhole = settings.isWhole(step)
        let batch = try pictures.batch(
          step, count: isWhole ? settings.wholeBatch : settings.pieces, side: isWhole ? settings.side : settings.pieceSide)
        let x = concatenated(batch.map { .signed($0) }, along: 0).to(device)
        return try settings.accumulate(model, x, metric: step >= metricFrom ? metric : nil, generator: generator)
      },
      measure: {
        try noGrad {
          let sum = try kept.reduce(0.0) { sum, x in
            let y = try model.decode(model.encode(x).mode).clamped(-1, 1)
            return sum - 10 * log10(max(((y - x) / 2).power(2).mean().item(), 1e-10))
          }
          return ["psnr": sum / Double(kept.count)]
        }
      })
  }
}

extension AutoencoderKL {
  /// Scale and shift with which these pictures' latents have mean 0 and deviation 1.
  /// - Parameter pictures: each [1, 3, H, W] within −1...1, where the model is.
  func normalisation(of pictures: [Tensor]) throws -> (scale: Double, shift: Double) {
    try noGrad {
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for picture in pictures {
        let latents = try encode(picture).mode
        sum += latents.sum().item()
        squares += (latents * latents).sum().item()
        count += Double(latents.shape.reduce(1, *))
      }
      let mean = sum / count
      return (1 / max(squares / count - mean * mean, 1e-12).squareRoot(), mean)
    }
  }
}
