/// The shape of an autoencoder, as `vae/config.json` of a diffusers folder says it.
///
/// FLUX's is the defaults of `init`. Keys a file leaves out mean what diffusers' `AutoencoderKL` takes them for.
public struct AutoencoderConfig: TabledConfig, Sendable, Equatable {
  public var pictureChannels: Int
  public var latentChannels: Int
  /// Width of each level, from the picture down.
  public var widths: [Int]
  /// Residual blocks a level has on the way down; the way up has one more.
  public var blocksPerLevel: Int
  public var groups: Int
  /// The transformer's latents are (latent − shift) · scale.
  public var scale: Double
  public var shift: Double
  /// Whether a 1×1 convolution follows the encoder.
  public var hasQuantConvolution: Bool
  /// Whether a 1×1 convolution comes before the decoder.
  public var hasPostQuantConvolution: Bool
  /// Whether the middle block attends over the whole picture.
  public var hasMiddleAttention: Bool

  /// What every normalisation adds to the variance.
  static let epsilon = 1e-6

  /// Pixels of a picture along a side of one latent pixel.
  public var spatialFactor: Int { 1 << (widths.count - 1) }

  public init(
    pictureChannels: Int = 3, latentChannels: Int = 16, widths: [Int] = [128, 256, 512, 512], blocksPerLevel: Int = 2,
    groups: Int = 32, scale: Double = 0.3611, shift: Double = 0.1159, hasQuantConvolution: Bool = false,
    hasPostQuantConvolution: Bool = false, hasMiddleAttention: Bool = true
  ) {
    (self.pictureChannels, self.latentChannels, self.widths) = (pictureChannels, latentChannels, widths)
    (self.blocksPerLevel, self.groups, self.scale, self.shift) = (blocksPerLevel, groups, scale, shift)
    (self.hasQuantConvolution, self.hasPostQuantConvolution) = (hasQuantConvolution, hasPostQuantConvolution)
    self.hasMiddleAttention = hasMiddleAttention
  }

  /// - Throws: `ModelError.badConfig` for sizes no autoencoder can have.
  public func validate() throws {
    guard (1...8).contains(widths.count) else {
      throw ModelError.badConfig("The autoencoder's block_out_channels lists \(widths.count) levels, expected 1 to 8.")
    }
    let channels = [("in_channels", pictureChannels), ("latent_channels", latentChannels), ("norm_num_groups", groups)]
    for (key, size) in channels + widths.map({ ("block_out_channels", $0) }) { try checkSize(key, size, of: "autoencoder") }
    try checkSize("layers_per_block", blocksPerLevel, of: "autoencoder", in: 1...64)
    if let width = widths.first(where: { !$0.isMultiple(of: groups) }) {
      throw ModelError.badConfig(
        "The autoencoder's block_out_channels \(width) can't be normalised in norm_num_groups \(groups) equal groups.")
    }
    guard scale != 0, scale.isFinite, shift.isFinite else {
      throw ModelError.badConfig(
        "The autoencoder's scaling_factor is \(scale) with shift_factor \(shift), which can't be undone.")
    }
  }
}

extension AutoencoderConfig {
  public static var standard: AutoencoderConfig {
    AutoencoderConfig(
      latentChannels: 4, blocksPerLevel: 1, scale: 0.18215, shift: 0, hasQuantConvolution: true,
      hasPostQuantConvolution: true)
  }

  /// diffusers' keys. What a file can ask for besides and this model doesn't do is refused; so are sizes that it can't have.
  public static var table: [ConfigEntry<AutoencoderConfig>] {
    [
      .key("in_channels", \.pictureChannels), .key("latent_channels", \.latentChannels),
      .required("block_out_channels", \.widths), .key("layers_per_block", \.blocksPerLevel),
      .key("norm_num_groups", \.groups), .key("scaling_factor", \.scale), .key("shift_factor", \.shift),
      .key("use_quant_conv", \.hasQuantConvolution), .key("use_post_quant_conv", \.hasPostQuantConvolution),
      .key("mid_block_add_attention", \.hasMiddleAttention),
      .only("out_channels", \.pictureChannels) {
        "The autoencoder's out_channels is \($1), expected in_channels, \($0.pictureChannels)."
      },
      .only("act_fn", { _ in "silu" }) { "The autoencoder's act_fn is \"\($1)\"; only \"silu\" is supported." },
      blocks("down_block_types", "DownEncoderBlock2D"), blocks("up_block_types", "UpDecoderBlock2D"),
      absent("latents_mean"), absent("latents_std"), ConfigEntry(read: { config, _ in try config.validate() }),
    ]
  }

  private static func blocks(_ key: String, _ kind: String) -> ConfigEntry<AutoencoderConfig> {
    .only(key, { Array(repeating: kind, count: $0.widths.count) }) {
      "The autoencoder's \(key) are \($1); only \"\(kind)\" for each of \($0.widths.count) levels is supported."
    }
  }

  private static func absent(_ key: String) -> ConfigEntry<AutoencoderConfig> {
    ConfigEntry(read: { _, file in
      guard try file.decodeIfPresent([Double].self, forKey: ConfigKey(key)) == nil else {
        throw ModelError.badConfig("The autoencoder's \(key) is set; only one scale and shift for all channels is supported.")
      }
    })
  }
}
