import LoRWeBModels

/// How a file of an ordinary LoRA names its tensors, of the ways in which one is written (docs/loras.md).
public enum LoRADialect: String, NamedChoice {
  /// `transformer.PATH.lora_A.weight` and `.lora_B.weight` by diffusers' paths, no alpha unless ranks differ: what PEFT,
  /// diffusers, ComfyUI and most trainers read.
  case diffusers
  /// `lora_unet_NAME.lora_down.weight`, `.lora_up.weight` and `.alpha`, NAME that of FLUX's first release with underscores.
  case kohya
  /// `diffusion_model.NAME` with the same endings.
  case comfyui

  /// Whether q, k, v and a single block's MLP are rows of one matrix.
  var isJoined: Bool { self != .diffusers }

  /// What names of a matrix's tensors begin with.
  func stem(_ name: String) -> String {
    switch self {
    case .diffusers: "transformer.\(name)"
    case .kohya: "lora_unet_\(name.replacing(".", with: "_"))"
    case .comfyui: "diffusion_model.\(name)"
    }
  }

  /// Endings of the names of down [R, in] and up [out, R].
  var endings: (down: String, up: String) {
    isJoined ? (".lora_down.weight", ".lora_up.weight") : (".lora_A.weight", ".lora_B.weight")
  }
}
