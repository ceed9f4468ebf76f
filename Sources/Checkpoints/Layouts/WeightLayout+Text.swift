extension WeightLayout {
  static let clipTexts = [
    WeightLayout(
      part: .clipText, name: "transformers' names",
      marks: ["text_model.embeddings.token_embedding.weight", "text_model.final_layer_norm.weight"],
      prefixes: clipPrefixes, rules: [RenamingRule("**", from: "**")], ignored: besideCLIPText),
    WeightLayout(
      part: .clipText, name: "transformers' names without text_model",
      marks: ["embeddings.token_embedding.weight", "encoder.layers.0.layer_norm1.weight", "final_layer_norm.weight"],
      prefixes: clipPrefixes, rules: [RenamingRule("text_model.**", from: "**")], ignored: besideCLIPText),
  ]

  static let t5s = [
    WeightLayout(
      part: .t5, name: "transformers' names", marks: ["encoder.final_layer_norm.weight", "shared.weight"],
      prefixes: t5Prefixes, rules: [RenamingRule("**", from: "**")], ignored: besideT5 + ["encoder.embed_tokens.weight"]),
    WeightLayout(
      part: .t5, name: "transformers' names, the token table as the encoder's",
      marks: ["encoder.final_layer_norm.weight", "encoder.embed_tokens.weight"], prefixes: t5Prefixes,
      rules: [
        RenamingRule("shared.weight", from: "encoder.embed_tokens.weight"),
        RenamingRule("encoder.block.**", from: "encoder.block.**"),
        RenamingRule("encoder.final_layer_norm.**", from: "encoder.final_layer_norm.**"),
      ], ignored: besideT5),
    WeightLayout(
      part: .t5, name: "llama.cpp's names", marks: ["enc.output_norm.weight", "token_embd.weight"], prefixes: [""],
      rules: llamaT5, ignored: ["dec.**", "output.weight"]),
  ]

  private static let clipPrefixes = ["", "transformer.", "text_encoders.clip_l.transformer.", "text_encoders.clip_l."]
  private static let t5Prefixes = ["", "transformer.", "text_encoders.t5xxl.transformer.", "text_encoders.t5xxl."]

  /// Old files' index buffer, projections, the other half of a joint model, the temperature that ComfyUI keeps.
  private static let besideCLIPText = [
    "text_model.embeddings.position_ids", "embeddings.position_ids", "text_projection", "text_projection.weight",
    "visual_projection.weight", "logit_scale", "vision_model.**",
  ]
  private static let besideT5 = ["decoder.**", "lm_head.weight", "logit_scale"]

  private static let llamaT5: [RenamingRule] =
    [
      RenamingRule("shared.**", from: "token_embd.**"),
      RenamingRule("encoder.final_layer_norm.**", from: "enc.output_norm.**"),
    ]
    + [
      ("layer.0.layer_norm", "attn_norm"), ("layer.0.SelfAttention.q", "attn_q"), ("layer.0.SelfAttention.k", "attn_k"),
      ("layer.0.SelfAttention.v", "attn_v"), ("layer.0.SelfAttention.o", "attn_o"),
      ("layer.0.SelfAttention.relative_attention_bias", "attn_rel_b"), ("layer.1.layer_norm", "ffn_norm"),
      ("layer.1.DenseReluDense.wi_0", "ffn_gate"), ("layer.1.DenseReluDense.wi_1", "ffn_up"),
      ("layer.1.DenseReluDense.wo", "ffn_down"),
    ].map { RenamingRule("encoder.block.*.\($0).**", from: "enc.blk.*.\($1).**") }
}
