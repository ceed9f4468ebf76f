/// The shape of a FLUX transformer, as `transformer/config.json` of a diffusers folder says it.
///
/// Kontext-dev is the defaults; Fill-dev has 384 input and 64 output channels.
public struct FluxConfig: Codable, Sendable, Equatable {
  /// Channels of an input token.
  public var inputChannels: Int
  /// Channels of a predicted token; as many as come in if the file says nothing.
  public var outputChannels: Int
  /// Double-stream blocks.
  public var doubleBlocks: Int
  /// Single-stream blocks.
  public var singleBlocks: Int
  /// Width of one attention head.
  public var headWidth: Int
  public var heads: Int
  /// Width of the T5 states.
  public var textWidth: Int
  /// Width of CLIP's pooled text vector.
  public var pooledWidth: Int
  /// Whether guidance is an input.
  public var hasGuidance: Bool
  /// Shares of a head's width for the three position coordinates.
  public var rotaryAxes: [Int]

  /// Width of a hidden token.
  public var width: Int { heads * headWidth }

  public init(
    inputChannels: Int = 64, outputChannels: Int? = nil, doubleBlocks: Int = 19, singleBlocks: Int = 38, headWidth: Int = 128,
    heads: Int = 24, textWidth: Int = 4096, pooledWidth: Int = 768, hasGuidance: Bool = true, rotaryAxes: [Int] = [16, 56, 56]
  ) {
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels ?? inputChannels
    self.doubleBlocks = doubleBlocks
    self.singleBlocks = singleBlocks
    self.headWidth = headWidth
    self.heads = heads
    self.textWidth = textWidth
    self.pooledWidth = pooledWidth
    self.hasGuidance = hasGuidance
    self.rotaryAxes = rotaryAxes
  }

  enum CodingKeys: String, CodingKey {
    case inputChannels = "in_channels"
    case outputChannels = "out_channels"
    case doubleBlocks = "num_layers"
    case singleBlocks = "num_single_layers"
    case headWidth = "attention_head_dim"
    case heads = "num_attention_heads"
    case textWidth = "joint_attention_dim"
    case pooledWidth = "pooled_projection_dim"
    case hasGuidance = "guidance_embeds"
    case rotaryAxes = "axes_dims_rope"
    case patchSize = "patch_size"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    inputChannels = try values.decode(Int.self, forKey: .inputChannels)
    outputChannels = try values.decodeIfPresent(Int.self, forKey: .outputChannels) ?? inputChannels
    doubleBlocks = try values.decode(Int.self, forKey: .doubleBlocks)
    singleBlocks = try values.decode(Int.self, forKey: .singleBlocks)
    headWidth = try values.decode(Int.self, forKey: .headWidth)
    heads = try values.decode(Int.self, forKey: .heads)
    textWidth = try values.decode(Int.self, forKey: .textWidth)
    pooledWidth = try values.decode(Int.self, forKey: .pooledWidth)
    hasGuidance = try values.decodeIfPresent(Bool.self, forKey: .hasGuidance) ?? false
    rotaryAxes = try values.decodeIfPresent([Int].self, forKey: .rotaryAxes) ?? [16, 56, 56]
    let patchSize = try values.decodeIfPresent(Int.self, forKey: .patchSize) ?? 1
    guard patchSize == 1 else {
      throw ModelError.badConfig("patch_size is \(patchSize); this transformer takes packed latents, whose patch_size is 1.")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(inputChannels, forKey: .inputChannels)
    try values.encode(outputChannels, forKey: .outputChannels)
    try values.encode(doubleBlocks, forKey: .doubleBlocks)
    try values.encode(singleBlocks, forKey: .singleBlocks)
    try values.encode(headWidth, forKey: .headWidth)
    try values.encode(heads, forKey: .heads)
    try values.encode(textWidth, forKey: .textWidth)
    try values.encode(pooledWidth, forKey: .pooledWidth)
    try values.encode(hasGuidance, forKey: .hasGuidance)
    try values.encode(rotaryAxes, forKey: .rotaryAxes)
    try values.encode(1, forKey: .patchSize)
  }

  /// - Throws: `ModelError.badConfig` for sizes no transformer can have.
  public func validate() throws {
    let sizes = [
      ("in_channels", inputChannels), ("out_channels", outputChannels), ("attention_head_dim", headWidth),
      ("num_attention_heads", heads), ("joint_attention_dim", textWidth), ("pooled_projection_dim", pooledWidth),
    ]
    for (key, size) in sizes where !(1...65536).contains(size) {
      throw ModelError.badConfig("The transformer's \(key) is \(size), expected 1 to 65536.")
    }
    guard width <= 65536 else {
      throw ModelError.badConfig(
        "The transformer's num_attention_heads \(heads) times attention_head_dim \(headWidth) is \(width), expected at most 65536."
      )
    }
    for (key, count) in [("num_layers", doubleBlocks), ("num_single_layers", singleBlocks)] where !(0...1024).contains(count) {
      throw ModelError.badConfig("The transformer's \(key) is \(count), expected 0 to 1024.")
    }
    guard rotaryAxes.count == 3, rotaryAxes.allSatisfy({ $0 > 0 && $0.isMultiple(of: 2) }), rotaryAxes.reduce(0, +) == headWidth
    else {
      throw ModelError.badConfig(
        "The transformer's axes_dims_rope \(rotaryAxes) are not three even numbers that add up to attention_head_dim \(headWidth)."
      )
    }
  }
}
