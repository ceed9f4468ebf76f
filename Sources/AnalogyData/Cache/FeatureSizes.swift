import LoRWeBPictures
import LoRWeBTorch

/// How large what encoders give is, known before they run; a latent's `factor` is how many pixels lie along its side.
public struct FeatureSizes: Sendable {
  public let latent: (channels: Int, factor: Int, type: DType)
  public let embedding: (width: Int, type: DType)
  public let text: (tokens: Int, width: Int, pooledWidth: Int, type: DType)

  public init(
    latent: (channels: Int, factor: Int, type: DType), embedding: (width: Int, type: DType),
    text: (tokens: Int, width: Int, pooledWidth: Int, type: DType)
  ) { (self.latent, self.embedding, self.text) = (latent, embedding, text) }

  /// A tensor's name, type, shape and place in a file's header, about.
  private static let header = 160

  /// Mean and log variance of what is learned and of its context, on a canvas of that size.
  func latents(_ part: AnalogyFeatures.LatentPart, canvas: PictureSize) -> Int {
    let side = part == .canvases ? 1 : 2
    let values = latent.channels * (canvas.width / side / latent.factor) * (canvas.height / side / latent.factor)
    return 4 * (values * latent.type.size + Self.header)
  }

  func embeddings(_ views: Int) -> Int { views * embedding.width * embedding.type.size + Self.header }

  var caption: Int { (text.tokens * text.width + text.pooledWidth) * text.type.size + 2 * Self.header }
}

extension AnalogyFeatures {
  /// About how many bytes filling the cache will write: what isn't there yet, each thing once.
  /// - Parameter viewCount: how many pictures the router's encoder sees of a quadruple.
  /// - Throws: `CheckpointError` for a picture whose file can't be read; `AnalogySetError` for one that no canvas can be made of.
  public func bytesToFill(_ pictures: Pictures, captions: [String], viewCount: Int, sizes: FeatureSizes) throws -> Int {
    var seen: Set<FeatureKey> = []
    func isNew(_ key: FeatureKey) -> Bool { !cache.contains(key) && seen.insert(key).inserted }
    var bytes = 0
    for (part, quadruples) in [(LatentPart.canvases, pictures.canvases), (.singles, pictures.singles)] {
      for quadruple in quadruples where try isNew(latentsKey(quadruple, part)) {
        bytes += sizes.latents(part, canvas: try rule.canvas(of: quadruple))
      }
    }
    for quadruple in pictures.embedded where try isNew(embeddingsKey(quadruple, pictures.views)) {
      bytes += sizes.embeddings(viewCount)
    }
    return bytes + Self.withEmpty(captions).count { isNew(textKey($0)) } * sizes.caption
  }
}
