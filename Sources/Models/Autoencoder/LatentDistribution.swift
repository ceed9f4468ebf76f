import LoRWeBTorch

/// What an encoder makes of pictures: a normal distribution for each latent value.
public struct LatentDistribution {
  /// [B, C, h, w]
  public let mean: Tensor
  /// [B, C, h, w], within −30...20 so that the deviation is a usable number.
  public let logVariance: Tensor

  /// A distribution that was kept, such as in a cache: mean and log variance [B, C, h, w] as they were here.
  public init(mean: Tensor, logVariance: Tensor) { (self.mean, self.logVariance) = (mean, logVariance) }

  /// From mean and log variance one after another along the channels, [B, 2C, h, w].
  init(moments: Tensor) {
    let parts = moments.chunked(2, along: 1)
    mean = parts[0]
    logVariance = parts[1].clamped(-30, 20)
  }

  /// The likeliest latents.
  public var mode: Tensor { mean }
  /// Latents for standard normal noise of the mean's shape.
  public func sample(noise: Tensor) -> Tensor { mean + (logVariance * 0.5).exp() * noise }
}
