import LoRWeBTorch

/// The way down: pictures to moments of latents (diffusers' Encoder).
struct PictureEncoder {
  private let entrance: Conv2d
  private let levels: [PictureLevel]
  private let middle: MiddleBlock
  private let exit: PictureExit

  init(_ scope: Scope, config: AutoencoderConfig) throws {
    let widths = config.widths
    func halving(_ level: Scope, _ width: Int) throws -> (Tensor) -> Tensor {
      let layer = try Conv2d(level["downsamplers.0.conv"], in: width, out: width, kernel: 3, stride: 2)
      // Zeros only to the right and below: a window starts on each even pixel.
      return { layer($0.padded([0, 1, 0, 1])) }
    }
    entrance = try Conv2d(scope["conv_in"], in: config.pictureChannels, out: widths[0], kernel: 3, padding: 1)
    levels = try widths.indices.map { index in
      let width = widths[index]
      return try PictureLevel(
        scope["down_blocks", index], blocks: config.blocksPerLevel, in: widths[max(index - 1, 0)], out: width, config: config,
        resize: index + 1 == widths.count ? nil : halving(scope["down_blocks", index], width))
    }
    let narrowest = widths[widths.count - 1]
    middle = try MiddleBlock(scope["mid_block"], width: narrowest, config: config)
    exit = try PictureExit(scope, in: narrowest, out: 2 * config.latentChannels, groups: config.groups)
  }

  /// [B, 3, H, W] to [B, 2 latent channels, H / factor, W / factor].
  func callAsFunction(_ picture: Tensor, _ bands: Bands) -> Tensor {
    var x = bands.map(picture) { entrance($0) }
    for layer in levels.flatMap(\.layers) { x = layer(x, bands) }
    return exit(middle(x, bands), bands)
  }
}

/// The blocks of one size of the picture, and what leads to the next size.
struct PictureLevel {
  let layers: [PictureLayer]

  /// - Parameter resize: nil at the end of the way.
  init(
    _ scope: Scope, blocks: Int, in inputs: Int, out outputs: Int, config: AutoencoderConfig, resize: ((Tensor) -> Tensor)?
  ) throws {
    var layers = try (0..<blocks).map { index in
      let block = try ResidualBlock(
        scope["resnets", index], in: index == 0 ? inputs : outputs, out: outputs, groups: config.groups)
      return { block($0, $1) } as PictureLayer
    }
    if let resize { layers.append { x, bands in bands.map(x, resize) } }
    self.layers = layers
  }
}
