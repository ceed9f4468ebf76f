extension WeightLayout {
  static func autoencoders(levels: Int) -> [WeightLayout] {
    [
      WeightLayout(
        part: .autoencoder, name: "diffusers' names",
        marks: ["encoder.mid_block.resnets.0.conv1.weight", "decoder.mid_block.resnets.0.conv1.weight"],
        prefixes: autoencoderPrefixes, rules: [RenamingRule("**", from: "**")]),
      WeightLayout(
        part: .autoencoder, name: bflName,
        marks: ["encoder.mid.block_1.conv1.weight", "decoder.mid.block_1.conv1.weight"],
        prefixes: autoencoderPrefixes, rules: bflAutoencoder(levels: levels)),
    ]
  }

  /// How many levels the decoder has: BFL counts them from the picture's end, diffusers from the latents'.
  static func levels(in names: some Sequence<String>) -> Int {
    names.reduce(0) { levels, name in
      let words = name.split(separator: ".")
      guard let up = words.firstIndex(where: { $0 == "up" || $0 == "up_blocks" }), up + 1 < words.count,
        let level = Int(words[up + 1]), level < 16
      else {
        return levels
      }
      return max(levels, level + 1)
    }
  }

  private static let autoencoderPrefixes = ["", "vae.", "first_stage_model."]

  /// Names of latent diffusion, which FLUX's repository kept. Attention's linears are 1×1 convolutions there.
  private static func bflAutoencoder(levels: Int) -> [RenamingRule] {
    let levels = (0..<max(levels, 0)).map { ($0, max(levels, 0) - 1 - $0) }
    return ["encoder", "decoder"].flatMap { half in
      [("conv_in.**", "conv_in.**"), ("conv_out.**", "conv_out.**"), ("conv_norm_out.**", "norm_out.**")].map {
        RenamingRule("\(half).\($0)", from: "\(half).\($1)")
      }
        + (1...2).flatMap { residual("\(half).mid_block.resnets.\($0 - 1)", from: "\(half).mid.block_\($0)") }
        + [("group_norm", "norm"), ("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")].map {
          RenamingRule("\(half).mid_block.attentions.0.\($0).**", from: "\(half).mid.attn_1.\($1).**", axes: .linear)
        }
    }
      + residual("encoder.down_blocks.*.resnets.*", from: "encoder.down.*.block.*")
      + [RenamingRule("encoder.down_blocks.*.downsamplers.0.conv.**", from: "encoder.down.*.downsample.conv.**")]
      + levels.flatMap { ours, theirs in
        residual("decoder.up_blocks.\(ours).resnets.*", from: "decoder.up.\(theirs).block.*")
          + [RenamingRule("decoder.up_blocks.\(ours).upsamplers.0.conv.**", from: "decoder.up.\(theirs).upsample.conv.**")]
      }
      + ["quant_conv.**", "post_quant_conv.**"].map { RenamingRule($0, from: $0) }
  }

  private static func residual(_ ours: String, from theirs: String) -> [RenamingRule] {
    ["norm1", "conv1", "norm2", "conv2"].map { RenamingRule("\(ours).\($0).**", from: "\(theirs).\($0).**") }
      + [RenamingRule("\(ours).conv_shortcut.**", from: "\(theirs).nin_shortcut.**")]
  }
}
