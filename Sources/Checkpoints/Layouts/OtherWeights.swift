/// Weights that are often given by mistake, told by a piece of their tensors' names.
struct OtherWeights {
  /// As in a sentence: "a LoRA".
  let name: String
  /// Where it differs from what the part that was meant advises.
  let advice: String?
  /// A name that shows it.
  let example: String

  /// Endings of names that quantised forms have which aren't read. All of a form's must be there.
  private static let quantised: [(endings: [String], name: String)] = [
    ([".quant_map", ".absmax"], "weights in bitsandbytes' NF4 or FP4"),
    ([".SCB"], "weights in bitsandbytes' int8"),
    ([".qweight", ".wscales"], "weights in Nunchaku's SVDQuant form"),
    ([".qweight", ".qzeros"], "weights in GPTQ's or AWQ's form"),
    ([".weight._data", ".weight._scale"], "weights in quanto's form"),
    ([".weight_scale_2"], "weights in NVIDIA's FP4"),
    ([".scales", ".biases"], "weights in MLX's 4- or 8-bit form"),
  ]

  private static let models: [(mark: String, name: String, advice: String?)] = [
    (".lora_keys", "a LoRWeB basis", "give the model's own weights here and the basis as the basis"),
    (".lora_A.", "a LoRA", lora), (".lora_down.", "a LoRA", lora), (".lora.down.", "a LoRA", lora),
    ("distilled_guidance_layer.", "Chroma's transformer", nil),
    ("double_stream_modulation_img.", "FLUX.2's transformer", nil),
    ("single_stream_modulation.", "FLUX.2's transformer", nil),
    ("controlnet_", "a ControlNet", nil),
    ("input_blocks.", "the UNet of Stable Diffusion 1, 2 or XL", nil),
    ("down_blocks.0.resnets.0.time_emb_proj.", "the UNet of Stable Diffusion 1, 2 or XL", nil),
    ("joint_blocks.", "Stable Diffusion 3's transformer", nil),
    ("pos_embed.proj.", "Stable Diffusion 3's or another diffusion transformer", nil),
    ("txt_in.individual_token_refiner.", "HunyuanVideo's transformer", nil),
    ("txt_norm.", "Qwen-Image's transformer", nil),
    ("head.modulation", "Wan's transformer", nil),
    ("transformer.resblocks.", "an OpenCLIP encoder", nil),
    ("vision_model.encoder.", "a vision encoder", "give it as the image encoder"),
    ("decoder.layers.", "a tiny autoencoder (TAESD)", nil),
    ("model.layers.", "a language model", nil),
  ]
  private static let lora = "give the model's own weights here and the LoRA as a LoRA"

  /// The form if it is quantised in a way that can't be read.
  static func quantised(in names: [String]) -> OtherWeights? {
    for form in quantised {
      let examples = form.endings.compactMap { ending in names.first { $0.hasSuffix(ending) } }
      if examples.count == form.endings.count {
        return OtherWeights(name: form.name, advice: WeightLayout.quantisedAdvice, example: examples[0])
      }
    }
    return nil
  }

  static func model(in names: [String]) -> OtherWeights? {
    for model in models {
      if let example = names.first(where: { $0.contains(model.mark) }) {
        return OtherWeights(name: model.name, advice: model.advice, example: example)
      }
    }
    return nil
  }
}

extension WeightLayout {
  static let quantisedAdvice = "use the bfloat16, fp8 or GGUF file of the same model instead"
}
