import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A file of an ordinary LoRA for a FLUX transformer, as the usual trainers and programs write it (docs/loras.md has the dialects).
///
/// Its keys are looked up among the names of the model's own linears, and matrices that hold several linears' rows are cut to the
/// rows that those have, so models of any size are served and nothing is guessed.
public struct LoRAFile {
  /// What a file may hold besides low-rank matrices of the transformer's linears; none of it is applied.
  public enum LeftOut: String, Sendable, CaseIterable {
    /// Matrices for text encoders.
    case textEncoders
    /// Differences of biases and norms (`.diff_b`, `.diff`).
    case smallChanges
    /// Biases of up matrices (`.lora_B.bias`).
    case biases
    /// Norms' scales that take the place of the model's, as in FLUX's own control LoRAs.
    case norms
    /// Differences of whole weights (`.diff`).
    case weights

    /// Left out with a warning, as other programs do, because the LoRA does most of what it should without.
    static let usual: Set<LeftOut> = [.textEncoders, .smallChanges]

    var words: String {
      switch self {
      case .textEncoders: "for text encoders"
      case .smallChanges: "that change biases or norms (.diff_b, .diff)"
      case .biases: "that add biases (.lora_B.bias)"
      case .norms: "that replace norms' scales, as in FLUX's control LoRAs"
      case .weights: "that change whole weights (.diff)"
      }
    }
  }

  public let url: URL
  /// Its matrices by diffusers' path; views of the file, alpha / R in their scales.
  public let lora: LoRA
  public let metadata: SafetensorsMetadata
  /// The type most of its matrices have: fp32, fp16 or bf16 as stored, fp32 for others.
  public let dtype: DType
  /// How many keys belong to linears of the model.
  public let matched: Int
  /// Keys of no linear of the model, in the file's order.
  public let unmatched: [String]
  /// How many tensors that aren't zero were left out, by kind.
  public let leftOut: [LeftOut: Int]
  private let isSilent: Bool
  private let file: SafetensorsFile

  /// Reads a file for a model.
  /// - Parameters:
  ///   - linears: all linears of the model (`AdaptedLinear.all(in:where:)` with everything allowed).
  ///   - allowed: what may be left out although the LoRA does something else without it.
  /// - Throws: `CheckpointError` for a file that can't be read; `LoRAFileError` for one that holds something else than a plain
  ///   LoRA for this model, or half of one.
  public init(_ url: URL, for linears: [AdaptedLinear], leavingOut allowed: Set<LeftOut> = []) throws {
    let file = try SafetensorsFile(url)
    let path = url.path(percentEncoded: false)
    let names = LoRANames(linears)
    let keys = try Keys(file, names, path)
    let scales = try LoRAScales(file.metadata, file: path)
    var (matrices, taken): ([String: LoRA.Layer], [String: String]) = ([:], [:])
    var types: [DType: Int] = [:]
    try withTorchErrors {
      for (_, pair) in keys.pairs.sorted(by: { $0.key < $1.key }) {
        let layer = try pair.layer(from: file, scales)
        types[layer.up.dtype, default: 0] += 1
        for (linear, share) in zip(pair.target.parts, pair.shares(layer)) {
          if let other = taken.updateValue(pair.up ?? "", forKey: linear.path) {
            throw LoRAFileError(
              .unpaired, path, "\(linear.path) is changed twice, by \(quoted(other)) and \(quoted(pair.up ?? "")); keep one")
          }
          matrices[linear.path] = share
        }
        file.releasePages()
      }
    }
    leftOut = try keys.leftOut(of: file)
    if let (kind, count) = leftOut.sorted(by: { $0.key.rawValue < $1.key.rawValue }).first(where: {
      !LeftOut.usual.union(allowed).contains($0.key)
    }) {
      throw LoRAFileError(
        .leavesOut, path,
        "it holds \(count) tensors \(kind.words), which aren't applied, and would do something else without them; "
          + "use a plain LoRA, or allow leaving out \(kind.rawValue)")
    }
    lora = try LoRA(matrices, location: url.lastPathComponent)
    isSilent = try withTorchErrors { !matrices.values.contains { $0.up.to(.float32).norm().item() > 0 } }
    (self.url, self.file, metadata, unmatched, matched) = (url, file, file.metadata, keys.unmatched, keys.matched)
    dtype = types.max { ($0.value, $0.key.size) < ($1.value, $1.key.size) }?.key ?? .float32
  }

  /// Gives memory back that what was read from the file takes; it is read again when it is needed.
  public func releasePages() { file.releasePages() }

  /// What a user should hear about; empty if all of the file is applied.
  public var warnings: [String] {
    let name = url.lastPathComponent
    var warnings = LeftOut.allCases.compactMap { kind in
      leftOut[kind].map { "\(name): \($0) tensors \(kind.words) are left out; only the transformer's linears are changed." }
    }
    if !unmatched.isEmpty {
      let some = unmatched.prefix(3).map { quoted($0) }.joined(separator: ", ")
      warnings.append(
        "\(name): \(unmatched.count) of \(matched + unmatched.count) keys belong to no linear of this model and are left out, "
          + "such as \(some).")
    }
    if isSilent { warnings.append("\(name): all up matrices are zero, so the LoRA is untrained and changes nothing.") }
    return warnings
  }
}
