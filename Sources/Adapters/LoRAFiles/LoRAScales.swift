import Foundation
import LoRWeBCheckpoints

/// What a LoRA file says in its metadata about the scale alpha / R of its matrices; a key `.alpha` of a pair goes before it.
struct LoRAScales {
  /// PEFT's settings as diffusers saves them.
  private struct Settings {
    var alpha: Double?
    var alphas: [String: Double] = [:]
    /// alpha / √R in place of alpha / R.
    var isRootScaled = false
  }

  private var settings = Settings()
  private let kohyaAlpha: Double?

  /// - Throws: `LoRAFileError` for settings that can't be followed.
  init(_ metadata: SafetensorsMetadata, file: String) throws {
    kohyaAlpha = metadata["ss_network_alpha"].flatMap(Double.init).flatMap { $0.isFinite && $0 != 0 ? $0 : nil }
    guard let text = metadata["lora_adapter_metadata"] else { return }
    func bad(_ problem: String) -> LoRAFileError {
      LoRAFileError(.badMetadata, file, "the metadata entry lora_adapter_metadata \(problem); save the LoRA again")
    }
    guard let all = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      throw bad("is no JSON object")
    }
    // Those of the text encoders stand beside them; a transformer saved alone has no prefix.
    func value(_ name: String) -> Any? { (all["transformer.\(name)"] ?? all[name]).flatMap { $0 is NSNull ? nil : $0 } }
    func number(_ value: Any, _ name: String) throws -> Double {
      guard let number = (value as? NSNumber)?.doubleValue, number.isFinite, number != 0 else {
        throw bad("should have a number other than 0 as \(name)")
      }
      return number
    }
    if value("use_dora") as? Bool == true {
      throw LoRAFileError(.unsupported, file, "this is a DoRA by its metadata (use_dora); convert it to a plain LoRA")
    }
    settings.isRootScaled = value("use_rslora") as? Bool ?? false
    settings.alpha = try value("lora_alpha").map { try number($0, "lora_alpha") }
    guard let pattern = value("alpha_pattern") else { return }
    guard let alphas = pattern as? [String: Any] else { throw bad("should have an object as alpha_pattern") }
    for (name, alpha) in alphas {
      guard !name.drop(while: { $0 == "^" }).contains(where: { !($0.isLetter || $0.isNumber || "._-".contains($0)) }) else {
        throw bad("has the regular expression \(quoted(name)) in alpha_pattern, and only names are read")
      }
      settings.alphas[name] = try number(alpha, "alpha of \(quoted(name))")
    }
  }

  /// alpha / R of a pair.
  /// - Parameters:
  ///   - module: the linear's name in the file, without prefix.
  ///   - alpha: what the pair's own key says.
  ///   - isKohya: whether the pair is named as kohya's trainer does, to which `ss_network_alpha` belongs.
  func scale(of module: String, rank: Int, alpha: Double?, isKohya: Bool) -> Double {
    if let alpha = alpha ?? (isKohya ? kohyaAlpha : nil) { return alpha / Double(rank) }
    guard !isKohya, let alpha = alphaByName(module) ?? settings.alpha else { return 1 }
    return alpha / (settings.isRootScaled ? Double(rank).squareRoot() : Double(rank))
  }

  /// As PEFT looks names up: a name with ^ is the whole, another one the end of it.
  private func alphaByName(_ module: String) -> Double? {
    settings.alphas.first { name, _ in
      name.hasPrefix("^") ? name.dropFirst() == module : module == name || module.hasSuffix(".\(name)")
    }?.value
  }
}
