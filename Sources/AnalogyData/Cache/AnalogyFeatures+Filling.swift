import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

extension AnalogyFeatures {
  /// Quadruples whose latents will be needed, as each part, or embeddings, and what the router's encoder sees of these.
  public struct Pictures {
    public var canvases, singles, embedded: [AnalogyQuadruple]
    public var views: EncoderViews

    public init(
      canvases: [AnalogyQuadruple] = [], singles: [AnalogyQuadruple] = [], embedded: [AnalogyQuadruple] = [],
      views: EncoderViews = .quarters
    ) { (self.canvases, self.singles, self.embedded, self.views) = (canvases, singles, embedded, views) }
  }

  /// Encodes what isn't there yet: latents with mean and log variance, so that each step can sample anew, and embeddings.
  ///
  /// A quadruple's pictures are read once and its canvas is laid out once for all that is encoded of it, so both encoders are in
  /// memory together.
  /// - Parameters:
  ///   - autoencoder: makes the function from a picture to its distribution, [1, C, h, w]; called only if something is missing.
  ///   - encoder: makes the function from pictures to embeddings [n, width]; likewise.
  /// - Throws: `AnalogySetError`, `PicturesError`, `CheckpointError`, what encoding throws, `CancellationError`.
  public func fill(
    _ pictures: Pictures, progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in },
    autoencoder: @escaping () throws -> (Picture) throws -> LatentDistribution,
    encoder: @escaping () throws -> ([Picture]) throws -> Tensor
  ) throws {
    let (autoencode, embed, latest) = (Lazily(autoencoder), Lazily(encoder), Latest<String, TrainingCanvas>())
    let views = pictures.views
    func canvas(_ quadruple: AnalogyQuadruple) throws -> TrainingCanvas {
      try latest.of(quadruple.id) { try self.canvas(of: quadruple) }
    }
    try cache.fill(
      pictures.each.flatMap { quadruple, parts, isEmbedded in
        var jobs = try parts.map { part in
          FeatureCache.Job(key: try latentsKey(quadruple, part), name: quadruple.id) {
            try Self.latents(part, of: canvas(quadruple), by: autoencode())
          }
        }
        if isEmbedded {
          jobs.append(
            FeatureCache.Job(key: try embeddingsKey(quadruple, views), name: quadruple.id) {
              ["embeddings": try embed()(views.pictures(canvas(quadruple)))]
            })
        }
        return jobs
      }, progress: progress)
  }

  private static func latents(
    _ part: LatentPart, of canvas: TrainingCanvas, by encode: (Picture) throws -> LatentDistribution
  ) throws -> [String: Tensor] {
    let pictures = part == .canvases ? [canvas.control, canvas.target] : Array(try canvas.quarters().suffix(2))
    let (control, target) = (try encode(pictures[0]), try encode(pictures[1]))
    return [
      "target.mean": target.mean, "target.log_variance": target.logVariance, "control.mean": control.mean,
      "control.log_variance": control.logVariance,
    ]
  }

  /// Encodes captions, and the empty one, which dropped captions become.
  /// - Parameter encoder: makes the function from a caption to its vectors; called only if something is missing.
  /// - Throws: what encoding throws, `CancellationError`.
  public func fillTexts(
    _ captions: [String], progress: (_ done: Int, _ of: Int) throws -> Void = { _, _ in },
    encoder: @escaping () throws -> (String) throws -> TextFeatures
  ) throws {
    let encode = Lazily(encoder)
    try cache.fill(
      Self.withEmpty(captions).map { caption in
        FeatureCache.Job(key: textKey(caption), name: "the caption \"\(caption)\"") {
          let features = try encode()(caption)
          return ["states": features.states, "pooled": features.pooled]
        }
      }, progress: progress)
  }

  /// Captions, each once, and the empty one.
  static func withEmpty(_ captions: [String]) -> [String] {
    var seen: Set<String> = []
    return ([""] + captions).filter { seen.insert($0).inserted }
  }
}

extension AnalogyFeatures.Pictures {
  /// Each quadruple once, in the order of the lists, and what is to be encoded of it.
  fileprivate var each: [(quadruple: AnalogyQuadruple, parts: [AnalogyFeatures.LatentPart], isEmbedded: Bool)] {
    let ids = [canvases, singles, embedded].map { Set($0.map(\.id)) }
    var listed: Set<String> = []
    return (canvases + singles + embedded).filter { listed.insert($0.id).inserted }.map { quadruple in
      let isIn = ids.map { $0.contains(quadruple.id) }
      return (quadruple, (isIn[0] ? [.canvases] : []) + (isIn[1] ? [.singles] : []), isIn[2])
    }
  }
}

/// Which pictures of a canvas the router's encoder looks at; the cache keeps what it gave for each choice apart.
public struct EncoderViews {
  let kind: String
  let pictures: (TrainingCanvas) throws -> [Picture]

  /// a, a′ and b.
  public static var quarters: EncoderViews { EncoderViews(kind: "embeddings") { try $0.encoderPictures() } }
}

extension EncoderViews {
  /// Others.
  /// - Parameter name: tells them from all others.
  public init(named name: String, pictures: @escaping (TrainingCanvas) throws -> [Picture]) {
    self.init(kind: "embeddings of \(name)", pictures: pictures)
  }
}
