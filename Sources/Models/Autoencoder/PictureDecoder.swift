import LoRWeBTorch

/// The way up: latents to pictures (diffusers' Decoder).
struct PictureDecoder {
  private let entrance: Conv2d
  private let middle: MiddleBlock
  private let levels: [Level]
  private let exit: PictureExit

  init(_ scope: Scope, config: AutoencoderConfig) throws {
    let widths = Array(config.widths.reversed())
    entrance = try Conv2d(scope["conv_in"], in: config.latentChannels, out: widths[0], kernel: 3, padding: 1)
    middle = try MiddleBlock(scope["mid_block"], width: widths[0], config: config)
    levels = try widths.indices.map { index in
      try Level(
        scope["up_blocks", index], in: widths[max(index - 1, 0)], out: widths[index], doubles: index + 1 < widths.count,
        config: config)
    }
    exit = try PictureExit(scope, in: widths[widths.count - 1], out: config.pictureChannels, groups: config.groups)
  }

  /// [B, latent channels, h, w] to [B, 3, h · factor, w · factor].
  func callAsFunction(_ latents: Tensor, _ bands: Bands) -> Tensor {
    var x = middle(entrance(latents), bands)
    for layer in levels.flatMap(\.layers) { x = layer(x, bands) }
    return exit(x, bands)
  }

  private struct Level {
    private let blocks: [ResidualBlock]
    private let doubling: Conv2d?

    init(_ scope: Scope, in inputs: Int, out outputs: Int, doubles: Bool, config: AutoencoderConfig) throws {
      blocks = try (0...config.blocksPerLevel).map { index in
        try ResidualBlock(scope["resnets", index], in: index == 0 ? inputs : outputs, out: outputs, groups: config.groups)
      }
      doubling = doubles ? try Conv2d(scope["upsamplers.0.conv"], in: outputs, out: outputs, kernel: 3, padding: 1) : nil
    }

    var layers: [PictureLayer] {
      let blocks = blocks.map { block in { block($0, $1) } as PictureLayer }
      guard let doubling else { return blocks }
      return blocks + [
        { x, bands in bands.map(x) { doubling($0.upsampledNearest(height: 2 * $0.size(2), width: 2 * $0.size(3))) } }
      ]
    }
  }
}
