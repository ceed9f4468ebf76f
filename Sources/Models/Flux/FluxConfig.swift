/// The shape of a FLUX transformer, as `transformer/config.json` of a diffusers folder says it. Kontext-dev is the defaults; Fill-dev
/// has 384 input and 64 output channels.
public struct FluxConfig: TabledConfig, Sendable, Equatable {
  public var inputChannels: Int
  /// Channels of a predicted token; as many as come in if the file says nothing.
  public var outputChannels: Int
  public var doubleBlocks: Int
  public var singleBlocks: Int
  public var headWidth: Int
  public var heads: Int
  public var textWidth: Int
  public var pooledWidth: Int
  public var hasGuidance: Bool
  /// Shares of a head's width for the three position coordinates.
  public var rotaryAxes: [Int]

  /// Width of a hidden token.
  public var width: Int { heads * headWidth }

  public init(
    inputChannels: Int = 64, outputChannels: Int? = nil, doubleBlocks: Int = 19, singleBlocks: Int = 38, headWidth: Int = 128,
    heads: Int = 24, textWidth: Int = 4096, pooledWidth: Int = 768, hasGuidance: Bool = true, rotaryAxes: [Int] = [16, 56, 56]
  ) {
    (self.inputChannels, self.outputChannels) = (inputChannels, outputChannels ?? inputChannels)
    (self.doubleBlocks, self.singleBlocks, self.headWidth, self.heads) = (doubleBlocks, singleBlocks, headWidth, heads)
    (self.textWidth, self.pooledWidth, self.hasGuidance) = (textWidth, pooledWidth, hasGuidance)
    self.rotaryAxes = rotaryAxes
  }

  public static var standard: FluxConfig { FluxConfig(hasGuidance: false) }
  public static var table: [ConfigEntry<FluxConfig>] {
    [
      .required("in_channels", \.inputChannels), .key("out_channels", \.outputChannels) { $0.inputChannels },
      .required("num_layers", \.doubleBlocks), .required("num_single_layers", \.singleBlocks),
      .required("attention_head_dim", \.headWidth), .required("num_attention_heads", \.heads),
      .required("joint_attention_dim", \.textWidth), .required("pooled_projection_dim", \.pooledWidth),
      .key("guidance_embeds", \.hasGuidance), .key("axes_dims_rope", \.rotaryAxes),
      .only("patch_size", { _ in 1 }) { "patch_size is \($1); this transformer takes packed latents, whose patch_size is 1." },
    ]
  }

  /// - Throws: `ModelError.badConfig` for sizes no transformer can have.
  public func validate() throws {
    let sizes = [
      ("in_channels", inputChannels), ("out_channels", outputChannels), ("attention_head_dim", headWidth),
      ("num_attention_heads", heads), ("joint_attention_dim", textWidth), ("pooled_projection_dim", pooledWidth),
    ]
    for (key, size) in sizes { try checkSize(key, size, of: "transformer") }
    guard width <= 65536 else {
      throw ModelError.badConfig(
        "The transformer's num_attention_heads \(heads) times attention_head_dim \(headWidth) is \(width), expected at most 65536."
      )
    }
    try checkSize("num_layers", doubleBlocks, of: "transformer", in: 0...1024)
    try checkSize("num_single_layers", singleBlocks, of: "transformer", in: 0...1024)
    guard rotaryAxes.count == 3, rotaryAxes.allSatisfy({ $0 > 0 && $0.isMultiple(of: 2) }), rotaryAxes.reduce(0, +) == headWidth
    else {
      throw ModelError.badConfig(
        "The transformer's axes_dims_rope \(rotaryAxes) are not three even numbers that add up to attention_head_dim \(headWidth)."
      )
    }
  }
}
