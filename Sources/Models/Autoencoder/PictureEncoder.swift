import LoRWeBTorch

/// The way down: pictures to moments of latents (diffusers' Encoder).
struct PictureEncoder {
  private let entrance: Conv2d
  private let layers: [PictureLayer]
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
    layers = try pictureLayers(
      scope, "down_blocks", widths: widths, blocks: config.blocksPerLevel, groups: config.groups, resizing: halving)
    let narrowest = widths[widths.count - 1]
    middle = try MiddleBlock(scope["mid_block"], width: narrowest, config: config)
    exit = try PictureExit(scope, in: narrowest, out: 2 * config.latentChannels, groups: config.groups)
  }

  /// [B, 3, H, W] to [B, 2 latent channels, H / factor, W / factor].
  func callAsFunction(_ picture: Tensor, _ bands: Bands) -> Tensor {
    var x = bands.map(picture) { entrance($0) }
    for layer in layers { x = layer(x, bands) }
    return exit(middle(x, bands), bands)
  }
}

/// The layers of a way, in order: the blocks of a size of the picture, then what leads to the next size.
/// - Parameter resizing: makes what leads from a level of that width to the next.
func pictureLayers(
  _ scope: Scope, _ name: String, widths: [Int], blocks: Int, groups: Int, resizing: (Scope, Int) throws -> (Tensor) -> Tensor
) throws -> [PictureLayer] {
  try widths.enumerated().flatMap { index, width in
    let level = scope[name, index]
    let resize = index + 1 == widths.count ? nil : try resizing(level, width)
    var layers: [PictureLayer] = try (0..<blocks).map { number in
      let inputs = number == 0 ? widths[max(index - 1, 0)] : width
      let block = try ResidualBlock(level["resnets", number], in: inputs, out: width, groups: groups)
      return { block($0, $1) }
    }
    if let resize { layers.append { x, bands in bands.map(x, resize) } }
    return layers
  }
}
