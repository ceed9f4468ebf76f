import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Which layout weights have, told by their names, and what is said of weights that have none.
@Suite("Recognising weights")
struct RecognitionTests {
  /// Names of each part in diffusers' and transformers' layout, and in BFL's.
  private func names(_ part: WeightLayout.Part) throws -> [String] {
    switch part {
    case .transformer: try LayoutAnswers.shapes("flux-kontext").keys.sorted()
    case .autoencoder: try LayoutAnswers.shapes("flux-vae").keys.sorted()
    case .clipText: try LayoutAnswers.shapes("clip-l-text").keys.sorted()
    case .t5: try LayoutAnswers.shapes("t5-xxl-encoder").keys.sorted()
    }
  }

  private func recognised(_ names: [String], as part: WeightLayout.Part) throws -> (prefix: String, names: [String]) {
    let found = try RecognisedWeights(NumberedWeights(names: names), as: part)
    return (found.prefix, try #require(found.source.names).sorted())
  }

  @Test(
    "Prefixes of tools are stripped",
    arguments: [
      (WeightLayout.Part.transformer, ["", "model.diffusion_model.", "diffusion_model.", "transformer."]),
      (.autoencoder, ["", "vae.", "first_stage_model."]),
      (.clipText, ["", "transformer.", "text_encoders.clip_l.transformer."]),
      (.t5, ["", "transformer.", "text_encoders.t5xxl.transformer."]),
    ])
  func prefixes(part: WeightLayout.Part, prefixes: [String]) throws {
    let names = try names(part)
    for prefix in prefixes {
      let found = try recognised(names.map { prefix + $0 }, as: part)
      #expect(found.prefix == prefix && found.names == names, "\(prefix)")
    }
    guard part == .transformer || part == .autoencoder else { return }
    let answer = try LayoutAnswers.read("\(part)", as: LayoutAnswers.Conversion.self)
    for prefix in prefixes {
      let found = try recognised(answer.source.keys.map { prefix + $0 }, as: part)
      #expect(found.prefix == prefix && found.names == answer.target.keys.sorted(), "\(prefix), BFL's")
    }
  }

  @Test("CLIP's names without text_model, and all that files hold besides the text encoder, are no trouble")
  func clip() throws {
    let names = try names(.clipText)
    let besides = [
      "text_model.embeddings.position_ids", "text_projection.weight", "visual_projection.weight", "logit_scale",
      "vision_model.encoder.layers.0.mlp.fc1.weight",
    ]
    #expect(try recognised(names + besides, as: .clipText).names == names)
    #expect(
      try recognised(names.map { "transformer.\($0)" } + ["text_projection", "logit_scale"], as: .clipText).names == names)
    let bare = names.map { String($0.dropFirst("text_model.".count)) }
    for prefix in ["", "transformer."] {
      let found = try recognised((bare + ["embeddings.position_ids"]).map { prefix + $0 }, as: .clipText)
      #expect(found.prefix == prefix && found.names == names)
    }
    #expect(try recognised(names + ["stranger"], as: .clipText).names.contains("stranger"))
  }

  @Test("T5's token table under either or both of its names is one tensor; the decoder is left out")
  func t5() throws {
    let names = try names(.t5)
    let copy = "encoder.embed_tokens.weight"
    #expect(
      try recognised(names + [copy, "decoder.block.0.layer.0.layer_norm.weight", "lm_head.weight"], as: .t5).names == names)
    #expect(try recognised(names.filter { $0 != "shared.weight" } + [copy], as: .t5).names == names)
    #expect(try recognised(names + ["logit_scale", "stranger"], as: .t5).names == (names + ["stranger"]).sorted())
  }

  @Test("Each part of a whole checkpoint is found by its prefix, and the others are left out")
  func wholeCheckpoint() throws {
    let transformer = try LayoutAnswers.read("transformer", as: LayoutAnswers.Conversion.self)
    let autoencoder = try LayoutAnswers.read("autoencoder", as: LayoutAnswers.Conversion.self)
    let checkpoint =
      try transformer.source.keys.map { "model.diffusion_model.\($0)" } + autoencoder.source.keys.map { "vae.\($0)" }
      + names(.clipText).map { "text_encoders.clip_l.transformer.\($0)" }
      + names(.t5).map { "text_encoders.t5xxl.transformer.\($0)" }
      + [
        "text_encoders.clip_l.transformer.text_projection.weight", "text_encoders.clip_l.logit_scale",
        "text_encoders.t5xxl.logit_scale",
      ]
    #expect(try recognised(checkpoint, as: .transformer).names == transformer.target.keys.sorted())
    #expect(try recognised(checkpoint, as: .autoencoder).names == autoencoder.target.keys.sorted())
    #expect(try recognised(checkpoint, as: .clipText).names == names(.clipText))
    #expect(try recognised(checkpoint, as: .t5).names == names(.t5))
    for (name, part) in [("vae.stranger", WeightLayout.Part.autoencoder), ("text_encoders.clip_l.stranger", .clipText)] {
      #expect(try recognised(checkpoint + [name], as: part).names.contains(name))
    }
  }

  /// The refusal of weights of these names.
  private func refusal(_ names: [String], as part: WeightLayout.Part = .transformer) throws -> CheckpointError {
    let error = checkpointError { _ = try RecognisedWeights(NumberedWeights(names: names), as: part) }
    let refusal = try #require(error)
    expectSentence(refusal, naming: "memory")
    #expect(refusal.kind == .otherWeights)
    return refusal
  }

  @Test("Weights of another part are refused by what they are")
  func otherPart() throws {
    for wanted in WeightLayout.Part.allCases {
      for given in WeightLayout.Part.allCases where given != wanted {
        let problem = try refusal(names(given), as: wanted).problem
        #expect(problem.hasPrefix("expected \(wanted.rawValue) ("), "\(problem)")
        #expect(problem.contains("found \(given.rawValue) in "), "\(problem)")
      }
    }
    let source = try LayoutAnswers.read("autoencoder", as: LayoutAnswers.Conversion.self).source
    #expect(try refusal(Array(source.keys)).problem.contains("found an autoencoder in BFL's names"))
  }

  @Test(
    "Other models are refused by name",
    arguments: [
      ("model.diffusion_model.input_blocks.0.0.weight", "Stable Diffusion 1, 2 or XL"),
      ("down_blocks.0.resnets.0.time_emb_proj.weight", "Stable Diffusion 1, 2 or XL"),
      ("joint_blocks.0.context_block.attn.qkv.weight", "Stable Diffusion 3"),
      ("double_stream_modulation_img.lin.weight", "FLUX.2"),
      ("distilled_guidance_layer.in_proj.weight", "Chroma"),
      ("transformer_blocks.0.attn.to_q.lora_A.weight", "a LoRA"),
      ("lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight", "a LoRA"),
      ("transformer.transformer_blocks.0.attn.to_q.lora_keys", "a LoRWeB basis"),
      ("controlnet_x_embedder.weight", "a ControlNet"),
      ("transformer.resblocks.0.attn.in_proj_weight", "OpenCLIP"),
      ("vision_model.encoder.layers.0.mlp.fc1.weight", "a vision encoder"),
      ("model.layers.0.self_attn.q_proj.weight", "a language model"),
      ("decoder.layers.0.weight", "TAESD"),
    ])
  func otherModel(name: String, words: String) throws {
    // Chroma and FLUX.2 have the first two of these as well, ControlNets all.
    let problem = try refusal([name, "img_in.weight", "txt_in.weight", "time_in.in_layer.weight", "vector_in.in_layer.weight"])
      .problem
    #expect(problem.contains(words) && problem.contains("\"\(name)\""), "\(problem)")
  }

  @Test(
    "Quantised forms that aren't read are refused by name, with what to use instead",
    arguments: [
      ("NF4", [".weight", ".weight.absmax", ".weight.quant_map", ".weight.quant_state.bitsandbytes__nf4"]),
      ("int8", [".weight", ".weight.SCB"]), ("Nunchaku", [".qweight", ".wscales", ".smooth_factor"]),
      ("GPTQ", [".qweight", ".qzeros", ".scales"]), ("quanto", [".weight._data", ".weight._scale"]),
      ("NVIDIA's FP4", [".weight", ".weight_scale", ".weight_scale_2"]), ("MLX", [".weight", ".scales", ".biases"]),
    ])
  func quantised(form: String, endings: [String]) throws {
    let names = try names(.transformer).filter { $0 != "x_embedder.weight" } + endings.map { "x_embedder\($0)" }
    let problem = try refusal(names).problem
    #expect(problem.contains(form) && problem.contains("use the bfloat16, fp8 or GGUF file"), "\(problem)")
    // Another part of the same checkpoint may be sound.
    let checkpoint = try names.map { "model.diffusion_model.\($0)" } + self.names(.autoencoder).map { "vae.\($0)" }
    #expect(try recognised(checkpoint, as: .autoencoder).names == self.names(.autoencoder))
    #expect(try refusal(checkpoint).problem.contains(form))
  }

  @Test("Names that nobody knows are counted, one is shown; no tensors are no weights")
  func unknown() throws {
    #expect(try refusal(["a", "b"]).problem.contains("found 2 tensors of unknown names, such as \"a\""))
    #expect(try refusal([]).problem.contains("found no tensors"))
  }

  @Test("ONNX models and TensorRT engines are refused as files, by their names or first bytes")
  func foreignFiles() throws {
    let folder = try TemporaryFolder()
    let contents = [
      ("a.onnx", "anything at all", "an ONNX model"), ("a.onnx_data", "anything at all", "an ONNX model"),
      ("a.engine", "anything at all", "a TensorRT engine"), ("b.safetensors", "ftrt and so on", "a TensorRT engine"),
      ("c.safetensors", "ptrt and so on", "a TensorRT engine"),
    ]
    for (name, text, format) in contents {
      try Data(text.utf8).write(to: folder[name])
      let error = try #require(checkpointError { _ = try CheckpointSource(folder[name]) })
      expectSentence(error, naming: name)
      #expect(error.kind == .foreignFormat && error.problem.contains(format), "\(error)")
    }
  }
}
