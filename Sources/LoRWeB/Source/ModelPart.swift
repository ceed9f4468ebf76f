import LoRWeBModels

/// The parts of a model that an edit needs. Raw values are diffusers' names for them.
public enum ModelPart: String, CaseIterable, Sendable {
  case transformer
  case vae
  case textEncoder = "text_encoder"
  case textEncoder2 = "text_encoder_2"
  case tokenizer
  case tokenizer2 = "tokenizer_2"
  case scheduler
  case imageEncoder = "image_encoder"
  case featureExtractor = "feature_extractor"

  /// The base name of its weights' files; nil for settings and vocabularies, which have no weights.
  public var stem: String? {
    switch self {
    case .transformer, .vae: "diffusion_pytorch_model"
    case .textEncoder, .textEncoder2, .imageEncoder: "model"
    case .tokenizer, .tokenizer2, .scheduler, .featureExtractor: nil
    }
  }

  /// What it is called in a sentence.
  public var words: String {
    switch self {
    case .transformer: "the transformer"
    case .vae: "the autoencoder"
    case .textEncoder: "CLIP's text encoder"
    case .textEncoder2: "T5's encoder"
    case .tokenizer: "CLIP's vocabulary"
    case .tokenizer2: "T5's vocabulary (spiece.model)"
    case .scheduler: "the scheduler"
    case .imageEncoder: "the image encoder"
    case .featureExtractor: "the image encoder's preprocessor"
    }
  }

  /// What its settings are called.
  var settingsName: String {
    switch self {
    case .scheduler: "scheduler_config.json"
    case .featureExtractor: "preprocessor_config.json"
    default: "config.json"
    }
  }
}

extension ModelPart {
  /// Asks a scope for every tensor that the part has by its settings; nothing for parts without weights.
  /// - Throws: `ModelError` for settings that make no sense; what the scope throws.
  func ask(_ scope: Scope, _ settings: Settings) throws {
    switch self {
    case .transformer: _ = try FluxTransformer(scope, config: settings.config())
    case .vae: _ = try AutoencoderKL(scope, config: settings.config())
    case .textEncoder: _ = try CLIPTextModel(scope, config: settings.config())
    case .textEncoder2: _ = try T5Encoder(scope, config: settings.config())
    case .imageEncoder: _ = try ImageEncoderConfig(json: settings.json, named: settings.name).build(scope)
    case .tokenizer, .tokenizer2, .scheduler, .featureExtractor: break
    }
  }
}
