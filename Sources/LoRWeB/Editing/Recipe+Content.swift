import Foundation
import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTorch

extension Recipe {
  /// A file or picture, told from all others by a digest.
  public struct Content: Codable, Sendable, Equatable {
    /// What the digest is of.
    public enum Part: String, Codable, Sendable {
      /// All bytes of a file.
      case file
      /// A safetensors file's first 8 bytes and the header whose length they say: names, types and shapes. A GGUF file's bytes
      /// before its tensors.
      case header
      /// RGB or, with transparency, RGBA samples row by row from the top.
      case pixels
    }

    public var of: Part
    /// SHA-256 in hexadecimal digits.
    public var sha256: String
    /// Bytes of the whole: for a header, of its file.
    public var bytes: Int

    public init(pixelsOf picture: Picture) {
      let samples = picture.interleaved.samples
      (of, sha256, bytes) = (.pixels, ContentDigest(of: samples).hex, samples.count)
    }

    public init(file bytes: Data) { (of, sha256, self.bytes) = (.file, ContentDigest(of: bytes).hex, bytes.count) }

    public init(whole file: any WeightFile) { (of, sha256, bytes) = (.file, file.contentDigest.hex, file.byteCount) }

    /// Of the header of a file of weights that is too large to be read for a recipe.
    public init(headerOf file: any WeightFile) { (of, sha256, bytes) = (.header, file.headerDigest.hex, file.byteCount) }
  }

  /// The pictures a result was made from.
  public struct Pictures: Codable, Sendable, Equatable { public var a, aPrime, b: Content }

  /// The files of a model that a result was made with, by name.
  public struct Files: Codable, Sendable, Equatable {
    /// Whole files of the basis.
    public var basis: [String: Content]
    /// Whole files of the image encoder: weights and settings.
    public var encoder: [String: Content]
    /// Headers of the other parts' weights, such as `transformer/diffusion_pytorch_model.safetensors`.
    public var weights: [String: Content]
  }

  /// What computed a result: another may round otherwise.
  public struct Machine: Codable, Sendable, Equatable {
    public var lorweb, libtorch: String
    /// The processor's name and what it can compute with, as the system tells.
    public var processor: String
    public var flags: [String]
    /// Inside one operator.
    public var threads: Int

    public init() {
      (lorweb, libtorch, threads) = (lorwebVersion, torchVersion, Engine.threads)
      (processor, flags) = Self.system
    }

    private static let system: (name: String, flags: [String]) = {
      #if os(Linux)
      let lines = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "").split(separator: "\n")
      func value(_ keys: Set<String>) -> String? {
        let line = lines.first { keys.contains($0.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces)) }
        return line.map { $0.drop { $0 != ":" }.dropFirst().trimmingCharacters(in: .whitespaces) }
      }
      let flags = (value(["flags", "Features"]) ?? "").split(separator: " ").map(String.init)
      // Of some hundred those that arithmetic depends on.
      let arithmetic = ["sse", "ssse", "avx", "fma", "f16c", "amx", "asimd", "sve", "bf16", "i8mm", "fphp"]
      let known = flags.filter { flag in arithmetic.contains(where: flag.hasPrefix) }
      return (value(["model name", "CPU part"]) ?? "unknown", known)
      #else
      func text(_ name: String) -> String? {
        var length = 0
        guard sysctlbyname(name, nil, &length, nil, 0) == 0, length > 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: length)
        guard sysctlbyname(name, &bytes, &length, nil, 0) == 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let flags = (text("machdep.cpu.features") ?? "").split(separator: " ").map(String.init)
      return (text("machdep.cpu.brand_string") ?? "unknown", flags)
      #endif
    }()
  }
}
