import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

extension ModelEncoders {
  /// What tells these encoders' features from those of others.
  func identities() throws -> AnalogyFeatures.Encoders {
    AnalogyFeatures.Encoders(
      autoencoder: try folder.identity(of: [.vae], computing: autoencoderType),
      image: try EncoderIdentity(folders: imageFolders, settings: ["\(dtype)"]),
      text: try folder.identity(of: [.textEncoder, .textEncoder2, .tokenizer, .tokenizer2], computing: dtype))
  }

  /// How large the features are that these encoders give.
  func featureSizes() throws -> FeatureSizes {
    let (autoencoder, model) = (try autoencoderConfig(), try folder.config(.transformer) as FluxConfig)
    return FeatureSizes(
      latent: (autoencoder.latentChannels, autoencoder.spatialFactor, autoencoderType),
      embedding: (try embeddingWidth(), dtype),
      text: (try T5Tokenizer(folder: folder.folder(.tokenizer2)).length, model.textWidth, model.pooledWidth, dtype))
  }
}

extension ModelFolder {
  /// What tells features of these components, computed in a type, from those of others.
  func identity(of components: [Component], computing dtype: DType) throws -> EncoderIdentity {
    try EncoderIdentity(folders: components.map(folder), settings: ["\(dtype)"])
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
