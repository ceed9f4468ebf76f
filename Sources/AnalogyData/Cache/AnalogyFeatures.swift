import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// What the text encoders give for a caption: a vector for each token, [1, L, width], and one for the whole, [1, width].
public struct TextFeatures {
  public let states, pooled: Tensor

  public init(states: Tensor, pooled: Tensor) { (self.states, self.pooled) = (states, pooled) }
}

/// Everything a training step needs of a quadruple, from the cache: fill it with each encoder in turn, then train without them.
public struct AnalogyFeatures {
  /// The three encoders' identities; a feature made by another one is never found.
  public struct Encoders: Hashable, Sendable {
    public let autoencoder, image, text: EncoderIdentity

    public init(autoencoder: EncoderIdentity, image: EncoderIdentity, text: EncoderIdentity) {
      (self.autoencoder, self.image, self.text) = (autoencoder, image, text)
    }
  }

  public let cache: FeatureCache
  public let rule: TrainingCanvas.Rule
  public let encoders: Encoders
  private let digests = FileDigests()
  private let ruleText: String

  /// Raised when the same rule makes another canvas than before.
  private static let layoutVersion = "1"

  /// - Throws: `EncodingError` if the rule holds a number JSON can't write.
  public init(cache: FeatureCache, rule: TrainingCanvas.Rule, encoders: Encoders) throws {
    (self.cache, self.rule, self.encoders) = (cache, rule, encoders)
    ruleText = Self.layoutVersion + (try rule.text())
  }

  /// What of a quadruple goes through the autoencoder.
  public enum LatentPart: String, Sendable {
    /// The target canvas and the control canvas.
    case canvases = "latents"
    /// b′ alone and b alone, cut from the target canvas.
    case singles
  }

  /// The distributions of what is to be learned of a quadruple, and of its context.
  /// - Throws: `AnalogySetError.notCached`.
  public func latents(
    _ part: LatentPart = .canvases, of quadruple: AnalogyQuadruple
  ) throws -> (target: LatentDistribution, control: LatentDistribution) {
    let what = "\(part.rawValue) of \(quadruple.id)"
    let tensors = try cache.tensors(latentsKey(quadruple, part), what: what)
    func distribution(_ canvas: String) throws -> LatentDistribution {
      LatentDistribution(
        mean: try Self.part("\(canvas).mean", of: tensors, what),
        logVariance: try Self.part("\(canvas).log_variance", of: tensors, what))
    }
    return (try distribution("target"), try distribution("control"))
  }

  /// The embeddings of what the router's encoder sees of a quadruple, [n, width].
  /// - Throws: `AnalogySetError.notCached`.
  public func embeddings(of quadruple: AnalogyQuadruple, views: EncoderViews = .quarters) throws -> Tensor {
    let what = "image embeddings of \(quadruple.id)"
    return try Self.part("embeddings", of: cache.tensors(embeddingsKey(quadruple, views), what: what), what)
  }

  /// The vectors of a caption.
  /// - Throws: `AnalogySetError.notCached`.
  public func text(_ caption: String) throws -> TextFeatures {
    let what = "text features of \"\(caption)\""
    let tensors = try cache.tensors(textKey(caption), what: what)
    return TextFeatures(states: try Self.part("states", of: tensors, what), pooled: try Self.part("pooled", of: tensors, what))
  }

  private static func part(_ name: String, of tensors: [String: Tensor], _ what: String) throws -> Tensor {
    guard let tensor = tensors[name] else { throw AnalogySetError.notCached(what: "\(name) among the \(what)") }
    return tensor
  }

  /// A quadruple's canvas, its pictures read.
  /// - Throws: `AnalogySetError.noCanvas`, `PicturesError`.
  public func canvas(of quadruple: AnalogyQuadruple) throws -> TrainingCanvas {
    try TrainingCanvas(quadruple, pictures: quadruple.pictures(), rule: rule)
  }

  func latentsKey(_ quadruple: AnalogyQuadruple, _ part: LatentPart) throws -> FeatureKey {
    FeatureKey(kind: part.rawValue, encoder: encoders.autoencoder, content: try content(of: quadruple))
  }

  func embeddingsKey(_ quadruple: AnalogyQuadruple, _ views: EncoderViews) throws -> FeatureKey {
    FeatureKey(kind: views.kind, encoder: encoders.image, content: try content(of: quadruple))
  }

  func textKey(_ caption: String) -> FeatureKey { FeatureKey(kind: "text", encoder: encoders.text, content: [caption]) }

  /// The files' contents and how they are laid out: the pictures themselves are not opened.
  private func content(of quadruple: AnalogyQuadruple) throws -> [String] {
    try [ruleText] + quadruple.sources.map(digests.content)
  }
}
