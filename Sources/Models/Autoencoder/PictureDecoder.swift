import LoRWeBTorch

/// The way up: latents to pictures (diffusers' Decoder).
struct PictureDecoder {
  private let entrance: Conv2d
  private let middle: MiddleBlock
  private let layers: [PictureLayer]
  private let exit: PictureExit

  init(_ scope: Scope, config: AutoencoderConfig) throws {
    let widths = Array(config.widths.reversed())
    func doubling(_ level: Scope, _ width: Int) throws -> (Tensor) -> Tensor {
      let layer = try Conv2d(level["upsamplers.0.conv"], in: width, out: width, kernel: 3, padding: 1)
      return { layer($0.upsampledNearest(height: 2 * $0.size(2), width: 2 * $0.size(3))) }
    }
    entrance = try Conv2d(scope["conv_in"], in: config.latentChannels, out: widths[0], kernel: 3, padding: 1)
    middle = try MiddleBlock(scope["mid_block"], width: widths[0], config: config)
    layers = try pictureLayers(
      scope, "up_blocks", widths: widths, blocks: config.blocksPerLevel + 1, groups: config.groups, resizing: doubling)
    exit = try PictureExit(scope, in: widths[widths.count - 1], out: config.pictureChannels, groups: config.groups)
  }

  /// [B, latent channels, h, w] to [B, 3, h · factor, w · factor].
  func callAsFunction(_ latents: Tensor, _ bands: Bands) -> Tensor {
    var x = middle(entrance(latents), bands)
    for layer in layers { x = layer(x, bands) }
    return exit(x, bands)
  }
}
