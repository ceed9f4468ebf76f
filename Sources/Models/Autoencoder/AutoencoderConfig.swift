/// The shape of an autoencoder, as `vae/config.json` of a diffusers folder says it.
///
/// FLUX's is the defaults of `init`. Keys a file leaves out mean what diffusers' `AutoencoderKL` takes them for.
public struct AutoencoderConfig: Codable, Sendable, Equatable {
  /// Channels of a picture.
  public var pictureChannels: Int
  /// Channels of a latent.
  public var latentChannels: Int
  /// Width of each level, from the picture down.
  public var widths: [Int]
  /// Residual blocks a level has on the way down; the way up has one more.
  public var blocksPerLevel: Int
  /// Groups that channels are normalised in.
  public var groups: Int
  /// The transformer's latents are (latent − shift) · scale.
  public var scale: Double
  /// See `scale`.
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

  /// FLUX's sizes unless told otherwise.
  public init(
    pictureChannels: Int = 3, latentChannels: Int = 16, widths: [Int] = [128, 256, 512, 512], blocksPerLevel: Int = 2,
    groups: Int = 32, scale: Double = 0.3611, shift: Double = 0.1159, hasQuantConvolution: Bool = false,
    hasPostQuantConvolution: Bool = false, hasMiddleAttention: Bool = true
  ) {
    self.pictureChannels = pictureChannels
    self.latentChannels = latentChannels
    self.widths = widths
    self.blocksPerLevel = blocksPerLevel
    self.groups = groups
    self.scale = scale
    self.shift = shift
    self.hasQuantConvolution = hasQuantConvolution
    self.hasPostQuantConvolution = hasPostQuantConvolution
    self.hasMiddleAttention = hasMiddleAttention
  }

  /// - Throws: `ModelError.badConfig` for sizes no autoencoder can have.
  public func validate() throws {
    guard (1...8).contains(widths.count) else {
      throw ModelError.badConfig("The autoencoder's block_out_channels lists \(widths.count) levels, expected 1 to 8.")
    }
    let channels = [("in_channels", pictureChannels), ("latent_channels", latentChannels), ("norm_num_groups", groups)]
    for (key, size) in channels + widths.map({ ("block_out_channels", $0) }) where !(1...65536).contains(size) {
      throw ModelError.badConfig("The autoencoder's \(key) is \(size), expected 1 to 65536.")
    }
    guard (1...64).contains(blocksPerLevel) else {
      throw ModelError.badConfig("The autoencoder's layers_per_block is \(blocksPerLevel), expected 1 to 64.")
    }
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
  private enum CodingKeys: String, CodingKey {
    case pictureChannels = "in_channels"
    case outputChannels = "out_channels"
    case latentChannels = "latent_channels"
    case widths = "block_out_channels"
    case blocksPerLevel = "layers_per_block"
    case groups = "norm_num_groups"
    case scale = "scaling_factor"
    case shift = "shift_factor"
    case hasQuantConvolution = "use_quant_conv"
    case hasPostQuantConvolution = "use_post_quant_conv"
    case hasMiddleAttention = "mid_block_add_attention"
    case activation = "act_fn"
    case downBlocks = "down_block_types"
    case upBlocks = "up_block_types"
    case latentMeans = "latents_mean"
    case latentDeviations = "latents_std"
  }

  private static let downBlock = "DownEncoderBlock2D"
  private static let upBlock = "UpDecoderBlock2D"

  /// Reads diffusers' keys.
  ///
  /// - Throws: `ModelError.badConfig` for what this model doesn't do; `DecodingError`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    pictureChannels = try values.decodeIfPresent(Int.self, forKey: .pictureChannels) ?? 3
    latentChannels = try values.decodeIfPresent(Int.self, forKey: .latentChannels) ?? 4
    widths = try values.decode([Int].self, forKey: .widths)
    blocksPerLevel = try values.decodeIfPresent(Int.self, forKey: .blocksPerLevel) ?? 1
    groups = try values.decodeIfPresent(Int.self, forKey: .groups) ?? 32
    scale = try values.decodeIfPresent(Double.self, forKey: .scale) ?? 0.18215
    shift = try values.decodeIfPresent(Double.self, forKey: .shift) ?? 0
    hasQuantConvolution = try values.decodeIfPresent(Bool.self, forKey: .hasQuantConvolution) ?? true
    hasPostQuantConvolution = try values.decodeIfPresent(Bool.self, forKey: .hasPostQuantConvolution) ?? true
    hasMiddleAttention = try values.decodeIfPresent(Bool.self, forKey: .hasMiddleAttention) ?? true
    try Self.checkSupport(values, pictureChannels: pictureChannels, levels: widths.count)
    try validate()
  }

  /// Refuses what a configuration can ask for and this model doesn't do.
  private static func checkSupport(
    _ values: KeyedDecodingContainer<CodingKeys>, pictureChannels: Int, levels: Int
  ) throws {
    let outputs = try values.decodeIfPresent(Int.self, forKey: .outputChannels) ?? pictureChannels
    guard outputs == pictureChannels else {
      throw ModelError.badConfig("The autoencoder's out_channels is \(outputs), expected in_channels, \(pictureChannels).")
    }
    let activation = try values.decodeIfPresent(String.self, forKey: .activation) ?? "silu"
    guard activation == "silu" else {
      throw ModelError.badConfig("The autoencoder's act_fn is \"\(activation)\"; only \"silu\" is supported.")
    }
    for (key, kind) in [(CodingKeys.downBlocks, downBlock), (.upBlocks, upBlock)] {
      let found = try values.decodeIfPresent([String].self, forKey: key) ?? Array(repeating: kind, count: levels)
      guard found == Array(repeating: kind, count: levels) else {
        throw ModelError.badConfig(
          "The autoencoder's \(key.rawValue) are \(found); only \"\(kind)\" for each of \(levels) levels is supported.")
      }
    }
    for key in [CodingKeys.latentMeans, .latentDeviations] where try values.decodeIfPresent([Double].self, forKey: key) != nil {
      throw ModelError.badConfig(
        "The autoencoder's \(key.rawValue) is set; only one scale and shift for all channels is supported.")
    }
  }

  /// Writes diffusers' keys.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(pictureChannels, forKey: .pictureChannels)
    try values.encode(pictureChannels, forKey: .outputChannels)
    try values.encode(latentChannels, forKey: .latentChannels)
    try values.encode(widths, forKey: .widths)
    try values.encode(blocksPerLevel, forKey: .blocksPerLevel)
    try values.encode(groups, forKey: .groups)
    try values.encode(scale, forKey: .scale)
    try values.encode(shift, forKey: .shift)
    try values.encode(hasQuantConvolution, forKey: .hasQuantConvolution)
    try values.encode(hasPostQuantConvolution, forKey: .hasPostQuantConvolution)
    try values.encode(hasMiddleAttention, forKey: .hasMiddleAttention)
    try values.encode("silu", forKey: .activation)
    try values.encode(widths.map { _ in Self.downBlock }, forKey: .downBlocks)
    try values.encode(widths.map { _ in Self.upBlock }, forKey: .upBlocks)
  }
}
