import LoRWeB
import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

extension LoadedModel {
  /// What tells features of these parts, computed in a type, from those of others.
  func identity(of parts: [ModelPart], computing type: DType) throws -> EncoderIdentity {
    try EncoderIdentity(places: parts.flatMap(source.places), settings: ["\(type)"])
  }

  /// What tells the encoders' features from those of others.
  func identities() throws -> AnalogyFeatures.Encoders {
    AnalogyFeatures.Encoders(
      autoencoder: try identity(of: [.vae], computing: autoencoderType),
      image: try identity(of: [.imageEncoder], computing: dtype),
      text: try identity(of: [.textEncoder, .textEncoder2, .tokenizer, .tokenizer2], computing: dtype))
  }

  /// How large the features are that the encoders give.
  func featureSizes() throws -> FeatureSizes {
    let (autoencoder, transformer) = (try autoencoderConfig(), try source.config(FluxConfig.self, of: .transformer))
    // The states are those of the last encoder, T5.
    let tokens = try backbone.tokens(of: "").last?.ids.count ?? 0
    return FeatureSizes(
      latent: (autoencoder.latentChannels, autoencoder.spatialFactor, autoencoderType),
      embedding: (try embeddingWidth(), dtype), text: (tokens, transformer.textWidth, transformer.pooledWidth, dtype))
  }
}

extension QueryMode {
  /// What of a canvas is encoded for this mode: all modes of a, a′ and b share one entry of the cache.
  var cachedViews: [View] {
    let quarters: [View] = [.a, .aPrime, .b]
    return views.allSatisfy(quarters.contains) ? quarters : views
  }
}

extension EncoderViews {
  /// Parts of a canvas cut as the editor cuts them.
  static func router(_ views: [QueryMode.View]) -> EncoderViews {
    if views == QueryMode.concatenated.views { return .quarters }
    return EncoderViews(named: views.map(\.rawValue).joined(separator: ", ")) { canvas in
      let seen = try canvas.encoderCanvas()
      return try views.map { try $0.picture(of: seen, crops: canvas.crops) }
    }
  }
}
