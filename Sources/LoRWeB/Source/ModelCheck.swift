import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// Whether a model, a basis and an image encoder make an edit together, by names, shapes and settings, not weights.
public struct ModelCheck {
  /// One thing looked at.
  public struct Finding: Sendable, Equatable {
    public let subject: String
    /// What is wrong, in one sentence; nil if nothing is.
    public let problem: String?
    /// What was found.
    public let detail: String
  }

  private let source: any ModelSource
  private let basis, basisConfig: URL?

  public init(_ source: any ModelSource, basis: URL? = nil, basisConfig: URL? = nil) {
    (self.source, self.basis, self.basisConfig) = (source, basis ?? source.basis, basisConfig)
  }

  /// Everything an edit needs, in the order it needs it.
  public func findings() -> [Finding] {
    [
      find("image encoder", encoderFits),
      find("CLIP tokenizer", { "\(try CLIPTokenizer(folder: source.vocabulary(of: .tokenizer)).length) tokens" }),
      find("CLIP text encoder") {
        try weights(.textEncoder, CLIPTextModel.ignores) { try CLIPTextModel($0, config: source.config(of: .textEncoder)) }
      },
      find("T5 tokenizer", { "\(try T5Tokenizer(folder: source.vocabulary(of: .tokenizer2)).length) tokens" }),
      find("T5 text encoder") {
        try weights(.textEncoder2, T5Encoder.ignores) { try T5Encoder($0, config: source.config(of: .textEncoder2)) }
      },
      find("autoencoder", { try weights(.vae) { try AutoencoderKL($0, config: source.config(of: .vae)) } }),
      find("scheduler", scheduler),
      find("transformer", { try weights(.transformer) { try FluxTransformer($0, config: source.config(of: .transformer)) } }),
      find("basis", basisFits),
    ]
  }

  private func find(_ subject: String, _ look: () throws -> String) -> Finding {
    do {
      return Finding(subject: subject, problem: nil, detail: try look())
    } catch {
      return Finding(subject: subject, problem: "\(error)", detail: "")
    }
  }

  private func weights<Model>(
    _ part: ModelPart, _ isIgnored: (String) -> Bool = { _ in false }, _ build: (Scope) throws -> Model
  ) throws -> String {
    let files = try source.weights(of: part)
    let asked = try plan(build)
    try checkFit(asked, to: files, ignoring: isIgnored)
    return "\(asked.reduce(0) { $0 + $1.shape.reduce(1, *) }.formatted()) parameters"
  }

  private func scheduler() throws -> String {
    let config: FlowScheduleConfig = try source.config(of: .scheduler)
    let usage = source.usage.sampling
    _ = try FlowSchedule(steps: usage.steps, tokens: config.baseTokens, config: config)
    return "\(usage.steps) steps, guidance \(usage.guidance)"
  }

  private func encoderFits() throws -> String {
    let config = try source.imageEncoder()
    _ = try source.imagePreprocessor()
    _ = try weights(.imageEncoder, config.ignores, config.build)
    if let basis { try BasisFile(basis, config: basisConfig).checkEncoder(width: config.width) }
    return "embeddings of width \(config.width)"
  }

  private func basisFits() throws -> String {
    guard let basis else { throw ModelFolderError.missingComponent("basis.safetensors", source.location) }
    let file = try BasisFile(basis, config: basisConfig)
    try file.fit(source.weights(of: .transformer))
    return "\(file.size.count) LoRAs of rank \(file.size.rank) on \(file.layers.count) linears"
  }
}
