extension WeightLayout {
  static let transformers = [
    WeightLayout(
      part: .transformer, name: "diffusers' names",
      marks: [
        "x_embedder.weight", "context_embedder.weight", "time_text_embed.timestep_embedder.linear_1.weight", "proj_out.weight",
      ],
      prefixes: transformerPrefixes, rules: [RenamingRule("**", from: "**")]),
    WeightLayout(
      part: .transformer, name: bflName,
      marks: [
        "img_in.weight", "txt_in.weight", "time_in.in_layer.weight", "vector_in.in_layer.weight", "final_layer.linear.weight",
      ],
      prefixes: transformerPrefixes, rules: bflTransformer),
  ]

  /// From our names to those of the FLUX repository: its tensors, each with the parts of ours that are its rows, in order.
  package static let bflTensors = RenamingRule.inverse(of: bflTransformer)

  private static let transformerPrefixes = ["", "model.diffusion_model.", "diffusion_model.", "transformer."]

  /// Names of the FLUX repository. q, k and v are one linear there, in single blocks with the first of the MLP too, which is four
  /// times as wide; the last modulation has shift before scale.
  private static let bflTransformer: [RenamingRule] =
    [
      RenamingRule("x_embedder.**", from: "img_in.**"),
      RenamingRule("context_embedder.**", from: "txt_in.**"),
      RenamingRule("proj_out.**", from: "final_layer.linear.**"),
      RenamingRule(
        "norm_out.linear.**",
        [
          RenamingRule.Rows("final_layer.adaLN_modulation.1.**", 1..<2, of: 2),
          RenamingRule.Rows("final_layer.adaLN_modulation.1.**", 0..<1, of: 2),
        ]),
    ]
    + [("timestep_embedder", "time_in"), ("text_embedder", "vector_in"), ("guidance_embedder", "guidance_in")].flatMap {
      [
        RenamingRule("time_text_embed.\($0).linear_1.**", from: "\($1).in_layer.**"),
        RenamingRule("time_text_embed.\($0).linear_2.**", from: "\($1).out_layer.**"),
      ]
    }
    + [
      ("norm1.linear.**", "img_mod.lin.**"), ("norm1_context.linear.**", "txt_mod.lin.**"),
      ("attn.to_out.0.**", "img_attn.proj.**"), ("attn.to_add_out.**", "txt_attn.proj.**"),
      ("attn.norm_q.weight", "img_attn.norm.query_norm.scale"), ("attn.norm_k.weight", "img_attn.norm.key_norm.scale"),
      ("attn.norm_added_q.weight", "txt_attn.norm.query_norm.scale"),
      ("attn.norm_added_k.weight", "txt_attn.norm.key_norm.scale"),
      ("ff.net.0.proj.**", "img_mlp.0.**"), ("ff.net.2.**", "img_mlp.2.**"),
      ("ff_context.net.0.proj.**", "txt_mlp.0.**"), ("ff_context.net.2.**", "txt_mlp.2.**"),
    ].map { RenamingRule("transformer_blocks.*.\($0)", from: "double_blocks.*.\($1)") }
    + ["q", "k", "v"].enumerated().flatMap { place, letter in
      [("to_\(letter)", "img_attn"), ("add_\(letter)_proj", "txt_attn")].map {
        RenamingRule(
          "transformer_blocks.*.attn.\($0).**",
          [RenamingRule.Rows("double_blocks.*.\($1).qkv.**", place..<place + 1, of: 3)])
      }
    }
    + [
      ("norm.linear.**", "modulation.lin.**"), ("proj_out.**", "linear2.**"),
      ("attn.norm_q.weight", "norm.query_norm.scale"), ("attn.norm_k.weight", "norm.key_norm.scale"),
    ].map { RenamingRule("single_transformer_blocks.*.\($0)", from: "single_blocks.*.\($1)") }
    + [("attn.to_q", 0..<1), ("attn.to_k", 1..<2), ("attn.to_v", 2..<3), ("proj_mlp", 3..<7)].map {
      RenamingRule(
        "single_transformer_blocks.*.\($0).**", [RenamingRule.Rows("single_blocks.*.linear1.**", $1, of: 7)])
    }
}
