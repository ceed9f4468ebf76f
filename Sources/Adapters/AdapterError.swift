import Foundation
import LoRWeBFiles

/// A basis that can't be what it says or doesn't fit what it is put on.
public enum AdapterError: ExplainedError {
  /// A YAML or metadata entry that doesn't say what it should.
  case badSettings(place: String, problem: String)
  case unknownQueryMode(String)
  /// The file holds no basis at all.
  case noBasis(location: String, example: String?)
  /// A layer of a basis or LoRA is incomplete or of odd shape.
  case badLayer(location: String, key: String, problem: String)
  /// Layers that the base model doesn't have, or has in other sizes.
  case doesNotFitBase(location: String, base: String, problem: String)
  /// The image encoder's embedding doesn't make the query the basis was trained for.
  case doesNotFitEncoder(location: String, queryWidth: Int, queryMode: String, encoderWidth: Int, expected: Int?)
  /// A way of applying a mix that holds one analogy, asked to hold a batch of them.
  case needsOneSample(found: Int)

  public var description: String {
    switch self {
    case .badSettings(let place, let problem): return "The router settings in \(place) can't be used: \(problem)."
    case .unknownQueryMode(let name):
      let known = QueryMode.allCases.map(\.rawValue).joined(separator: ", ")
      let reason = QueryMode.isOfPatches(name) ? " (patch-token modes don't fit the released projection)" : ""
      return "Query mode \"\(name)\" is not usable\(reason); use one of \(known)."
    case .noBasis(let location, let example):
      let found = example.map { "its keys are like \($0)" } ?? "it is empty"
      return "\(location) holds no LoRWeB basis: no key of the form transformer.<layer>.lora_A was found, \(found)."
    case .badLayer(let location, let key, let problem): return "\(location), \(key): \(problem)."
    case .doesNotFitBase(let location, let base, let problem):
      return "\(location) doesn't fit the transformer in \(base): \(problem); use a basis or LoRA made for this base."
    case .doesNotFitEncoder(let location, let queryWidth, let queryMode, let encoderWidth, let expected):
      let wanted = expected.map { "embeddings of width \($0)" } ?? "a width that divides by three"
      return
        "Basis \(location) takes queries of width \(queryWidth) (\(queryMode)), so \(wanted), but the image encoder gives width \(encoderWidth); use the encoder that the basis was trained with."
    case .needsOneSample(let found):
      return
        "A mix for \(found) samples can't be fused or made an ordinary LoRA, which hold one analogy; mix one sample, or attach it."
    }
  }
}
