import LoRWeBCheckpoints

/// One key of a LoRA file, taken apart.
enum LoRAKey {
  /// A tensor that belongs to a linear, by the name the file has for it, prefixes taken off.
  case matrix(module: String, Role)
  /// Something that this program doesn't apply.
  case leftOut(LoRAFile.LeftOut)
  /// A kind of adapter that isn't a plain LoRA.
  case refused(kind: String, advice: String)
  case unknown

  enum Role: String { case down, up, alpha }

  init(_ key: String) {
    if let (kind, advice) = Self.foreign.first(where: { $0.signs.contains(where: key.contains) }).map({ ($0.kind, $0.advice) })
      ?? (Self.basisEndings.contains(where: key.hasSuffix) ? Self.basis : nil)
    {
      self = .refused(kind: kind, advice: advice)
    } else if Self.textEncoders.contains(where: key.hasPrefix) {
      self = .leftOut(.textEncoders)
    } else if let (ending, role) = Self.endings.first(where: { key.hasSuffix($0.ending) }) {
      self = .matrix(module: Self.withoutPrefix(key.dropLast(ending.count)), role)
    } else if let (_, change) = Self.otherChanges.first(where: { key.hasSuffix($0.ending) }) {
      self = .leftOut(change == .weights && key.contains("norm") ? .smallChanges : change)
    } else {
      self = .unknown
    }
  }

  private static let endings: [(ending: String, role: Role)] = [
    (".lora_A.weight", .down), (".lora_A.default.weight", .down), (".lora_down.weight", .down), (".lora.down.weight", .down),
    (".lora_B.weight", .up), (".lora_B.default.weight", .up), (".lora_up.weight", .up), (".lora.up.weight", .up),
    (".alpha", .alpha),
  ]

  private static let otherChanges: [(ending: String, LoRAFile.LeftOut)] = [
    (".diff", .weights), (".diff_b", .smallChanges), (".lora_B.bias", .biases), (".lora_B.default.bias", .biases),
    (".lora_up.bias", .biases), (".query_norm.scale", .norms), (".key_norm.scale", .norms), (".norm_q.weight", .norms),
    (".norm_k.weight", .norms), (".norm_added_q.weight", .norms), (".norm_added_k.weight", .norms),
  ]

  private static let textEncoders = ["lora_te", "text_encoder", "text_model.", "te1.", "te3."]
  private static let prefixes = [
    "base_model.model.", "model.diffusion_model.", "diffusion_model.", "transformer.", "lora_unet_", "lora_transformer_",
  ]

  private static func withoutPrefix(_ module: some StringProtocol) -> String {
    var module = module[...]
    while let prefix = prefixes.first(where: module.hasPrefix) { module = module.dropFirst(prefix.count) }
    return String(module)
  }

  private static let basisEndings = [".lora_A", ".lora_B", ".lora_keys", ".att_lora_to_q.weight"]
  private static let basis = (kind: "a LoRWeB basis, not one LoRA", advice: "use it as a basis, with a before/after pair")

  private static let convert =
    "convert it to a plain LoRA in the program that made it, or extract one from a model it is merged into"
  private static let foreign: [(signs: [String], kind: String, advice: String)] = [
    (
      [".processor."], "a LoRA in XLabs' layout",
      "load it in diffusers with load_lora_weights and save it with save_lora_adapter, which gives a plain LoRA"
    ),
    ([".lokr_"], "a LyCORIS LoKr (Kronecker products)", convert), ([".hada_"], "a LyCORIS LoHa (Hadamard products)", convert),
    ([".dora_scale", ".lora_magnitude_vector"], "a DoRA (a LoRA with magnitudes)", convert),
    ([".oft_", ".boft_", ".a1.weight", ".lora_mid.", ".on_input"], "a LyCORIS adapter of another kind than LoRA", convert),
  ]
}
