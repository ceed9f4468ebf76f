import Foundation

/// Where a missing part can be fetched: data. This library fetches nothing.
public struct Download: Sendable, Equatable {
  public let part: ModelPart
  /// `org/name` on the Hugging Face hub.
  public let repository: String
  /// Files of it; with none, all that match the pattern.
  var files: [String] = []
  var pattern: String?
  /// Bytes, about.
  public let size: Int
  /// In words, such as "FLUX.1 [dev] Non-Commercial License, to be agreed to first".
  public let licence: String

  /// A line for the shell.
  public var command: String {
    (["hf download", repository] + files + (pattern.map { ["--include '\($0)'"] } ?? [])).joined(separator: " ")
  }

  private static let kontext = "black-forest-labs/FLUX.1-Kontext-dev"
  private static let nonCommercial = "FLUX.1 [dev] Non-Commercial License, to be agreed to on its page first"

  /// For each part the first is the one to fetch.
  static let known: [Download] = [
    Download(
      part: .transformer, repository: kontext, pattern: "transformer/*", size: 23_800_000_000,
      licence: nonCommercial),
    Download(part: .vae, repository: kontext, pattern: "vae/*", size: 168_000_000, licence: nonCommercial),
    Download(
      part: .textEncoder2, repository: kontext, pattern: "text_encoder_2/*", size: 9_520_000_000,
      licence: nonCommercial),
    Download(
      part: .textEncoder2, repository: "comfyanonymous/flux_text_encoders", files: ["t5xxl_fp8_e4m3fn.safetensors"],
      size: 4_890_000_000, licence: "Apache 2.0"),
    Download(
      part: .textEncoder, repository: "comfyanonymous/flux_text_encoders", files: ["clip_l.safetensors"], size: 246_000_000,
      licence: "MIT"),
    Download(
      part: .textEncoder, repository: kontext, pattern: "text_encoder/*", size: 246_000_000,
      licence: nonCommercial),
    Download(
      part: .tokenizer2, repository: "google/t5-v1_1-xxl", files: ["spiece.model"], size: 792_000, licence: "Apache 2.0"),
    Download(
      part: .tokenizer2, repository: kontext, pattern: "tokenizer_2/*", size: 3_200_000, licence: nonCommercial),
    Download(
      part: .imageEncoder, repository: "openai/clip-vit-large-patch14",
      files: ["config.json", "preprocessor_config.json", "model.safetensors"], size: 1_710_000_000,
      licence: "none stated by OpenAI beside the weights (code MIT)"),
  ]

  /// The one to fetch for a part; nil for what is in no repository of its own.
  public static func first(for part: ModelPart) -> Download? { known.first { $0.part == part } }

  /// Repositories whose files in the cache can be a part's.
  static func repositories(for part: ModelPart) -> [String] {
    known.filter { $0.part == part }.map(\.repository)
  }
}
