import LoRWeBTorch

/// The way down: pictures to moments of latents (diffusers' Encoder).
struct PictureEncoder {
  private let entrance: Conv2d
  private let levels: [Level]
  private let middle: MiddleBlock
  private let exit: PictureExit

  init(_ scope: Scope, config: AutoencoderConfig) throws {
    let widths = config.widths
    entrance = try Conv2d(scope["conv_in"], in: config.pictureChannels, out: widths[0], kernel: 3, padding: 1)
    levels = try widths.indices.map { index in
      try Level(
        scope["down_blocks", index], in: widths[max(index - 1, 0)], out: widths[index], halves: index + 1 < widths.count,
        config: config)
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

  private struct Level {
    private let blocks: [ResidualBlock]
    private let halving: Conv2d?

    init(_ scope: Scope, in inputs: Int, out outputs: Int, halves: Bool, config: AutoencoderConfig) throws {
      blocks = try (0..<config.blocksPerLevel).map { index in
        try ResidualBlock(scope["resnets", index], in: index == 0 ? inputs : outputs, out: outputs, groups: config.groups)
      }
      halving = halves ? try Conv2d(scope["downsamplers.0.conv"], in: outputs, out: outputs, kernel: 3, stride: 2) : nil
    }

    var layers: [PictureLayer] {
      let blocks = blocks.map { block in { block($0, $1) } as PictureLayer }
      guard let halving else { return blocks }
      // Zeros only to the right and below: a window starts on each even pixel.
      return blocks + [{ x, bands in bands.map(x) { halving($0.padded([0, 1, 0, 1])) } }]
    }
  }
}
