import LoRWeBTorch

/// Pictures to latents and back (diffusers' AutoencoderKL, with its parameter names).
public final class AutoencoderKL {
  public let config: AutoencoderConfig
  public let registry: Registry
  private let encoder: PictureEncoder?
  private let decoder: PictureDecoder?
  private let quantConvolution, postQuantConvolution: Conv2d?

  /// How much of it is built: an edit encodes before its steps and decodes after them.
  public enum Build: Sendable {
    case whole, encoder, decoder
  }

  /// Asks the scope for all parameters, or for those of one half.
  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: AutoencoderConfig, build: Build = .whole) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (encodes, decodes) = (build != .decoder, build != .encoder)
    encoder = encodes ? try PictureEncoder(scope["encoder"], config: config) : nil
    decoder = decodes ? try PictureDecoder(scope["decoder"], config: config) : nil
    let latents = config.latentChannels
    quantConvolution =
      encodes && config.hasQuantConvolution
      ? try Conv2d(scope["quant_conv"], in: 2 * latents, out: 2 * latents, kernel: 1) : nil
    postQuantConvolution =
      decodes && config.hasPostQuantConvolution
      ? try Conv2d(scope["post_quant_conv"], in: latents, out: latents, kernel: 1) : nil
  }

  public var spatialFactor: Int { config.spatialFactor }

  /// Latents of pictures.
  /// - Parameters:
  ///   - pictures: [B, 3, H, W] within −1...1, in the model's type; H and W multiples of `spatialFactor`.
  ///   - tile: at most tile × tile pixels go through a layer at once, which saves memory on large pictures and changes the
  ///     result by rounding only; nil for all at once.
  /// - Returns: mean and log variance, [B, C, H / factor, W / factor], not yet `scaled`.
  /// - Throws: `ModelError.badInput` for another shape, or from a decoder alone.
  public func encode(_ pictures: Tensor, tile: Int? = nil) throws -> LatentDistribution {
    let shape = pictures.shape
    guard shape.count == 4, shape[1] == config.pictureChannels, shape.allSatisfy({ $0 > 0 }) else {
      throw ModelError.badInput(
        "The autoencoder got pictures of shape \(shape), expected [B, \(config.pictureChannels), H, W].")
    }
    guard shape[2].isMultiple(of: spatialFactor), shape[3].isMultiple(of: spatialFactor) else {
      throw ModelError.badInput(
        "The autoencoder got a picture of \(shape[3])×\(shape[2]) pixels, whose sides must be multiples of \(spatialFactor).")
    }
    guard let encoder else { throw ModelError.badInput("The autoencoder was loaded without the half that encodes.") }
    let moments = encoder(pictures, try bands(tile))
    return LatentDistribution(moments: quantConvolution?(moments) ?? moments)
  }

  /// Pictures of latents.
  /// - Parameters:
  ///   - latents: [B, C, h, w], no longer `scaled`, in the model's type.
  ///   - tile: as for `encode`.
  /// - Returns: [B, 3, h · factor, w · factor], about within −1...1.
  /// - Throws: `ModelError.badInput` for another shape, or from an encoder alone.
  public func decode(_ latents: Tensor, tile: Int? = nil) throws -> Tensor {
    let shape = latents.shape
    guard shape.count == 4, shape[1] == config.latentChannels, shape.allSatisfy({ $0 > 0 }) else {
      throw ModelError.badInput("The autoencoder got latents of shape \(shape), expected [B, \(config.latentChannels), h, w].")
    }
    guard let decoder else { throw ModelError.badInput("The autoencoder was loaded without the half that decodes.") }
    return decoder(postQuantConvolution?(latents) ?? latents, try bands(tile))
  }

  /// Latents as the transformer sees them.
  public func scaled(_ latents: Tensor) -> Tensor { config.scaled(latents) }
  /// The transformer's latents as `decode` takes them.
  public func unscaled(_ latents: Tensor) -> Tensor { latents / config.scale + config.shift }

  private func bands(_ tile: Int?) throws -> Bands {
    guard let tile else { return Bands(area: nil) }
    guard tile > 0 else { throw ModelError.badInput("The autoencoder's tile is \(tile), expected at least 1.") }
    return Bands(area: tile.multipliedReportingOverflow(by: tile).overflow ? nil : tile * tile)
  }
}

extension AutoencoderConfig {
  /// Latents as the transformer sees them.
  public func scaled(_ latents: Tensor) -> Tensor { (latents - shift) * scale }
}
