import Foundation
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

extension PretrainingStage {
  /// Pictures to latents and back.
  ///
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
          var sum = 0.0
          for x in kept {
            let y = try model.decode(model.encode(x).mode).clamped(-1, 1)
            let error = ((y - x) / 2).power(2).mean().item()
            sum -= 10 * log10(max(error, 1e-10))
          }
          return ["psnr": sum / Double(kept.count)]
        }
      })
  }
}

extension AutoencoderKL {
  /// Scale and shift with which these pictures' latents have mean 0 and deviation 1.
  ///
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
