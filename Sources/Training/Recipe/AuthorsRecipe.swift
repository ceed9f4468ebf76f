import Foundation
import LoRWeBAdapters

/// A text of settings: ours as YAML or JSON, or the authors' YAML.
public enum RecipeFile {
  case ours(Any?)
  case authors(AuthorsRecipe)

  /// - Parameter place: what messages call the text.
  /// - Throws: `TrainingError.badSetting` for what is neither YAML nor JSON or is about something else; `ModelError.badConfig`
  ///   for a value of the wrong type.
  public init(_ text: String, place: String) throws {
    do {
      let root = try YAMLText.value(text)
      self = if let yaml = AuthorsYAML(root, place: place) { .authors(try AuthorsRecipe(yaml)) } else { .ours(root) }
    } catch let trouble as YAMLText.Trouble {
      throw TrainingError.badSetting(place: place, key: "the text", problem: "is neither YAML nor JSON (\(trouble))")
    }
  }
}

/// The authors' training YAML, read as it is (docs/train.md has the table of keys).
public struct AuthorsRecipe {
  /// What it says in our settings; what it doesn't say is as in `TrainingConfig.paper`.
  public let config: TrainingConfig
  /// The folder that holds its folders `control` and `target`, as it is written there; nil if it names none.
  public let data: String?
  /// Keys it has that mean nothing here, as paths below `config.process[0]`.
  public let ignored: [String]
  private typealias Group = AuthorsYAML.Group

  /// - Throws: `TrainingError.badSetting`; `ModelError.badConfig` for a value of the wrong type.
  public init(_ yaml: AuthorsYAML) throws {
    if let type = yaml.otherNetwork {
      throw TrainingError.badSetting(
        place: yaml.place, key: "network.type",
        problem: "is \(type), so this is the YAML of an ordinary \(type) and not of a basis (attlora); take only the settings "
          + "that are meant, in a recipe of our own (docs/train.md)")
    }
    var layers = try ConfigLayers(TrainingConfig.paper)
    var ignored: [String] = []
    for (key, value) in Self.leaves(yaml.process) {
      if let ours = Self.renamed[key] {
        try layers.set(value, at: ours, place: yaml.place)
      } else if let translate = Self.translated[key] {
        for (ours, value) in translate(value) { try layers.set(value, at: ours, place: yaml.place) }
      } else if !Self.readElsewhere.contains(where: key.hasPrefix) {
        ignored.append(key)
      }
    }
    config = try layers.config()
    self.ignored = ignored.sorted()
    data = (Self.dataset(yaml.process)?["folder_path"] as? String)
      .map { URL(filePath: $0).deletingLastPathComponent().relativePath }
  }

  private static func dataset(_ process: Group) -> Group? { (process["datasets"] as? [Any])?.first as? Group }

  /// What says nothing new: where the data and the model are, which the command is told, and what is always so.
  private static let readElsewhere = [
    "datasets.folder_path", "datasets.control_path", "datasets.is_box_analogy", "datasets.enable_relation_captions",
    "datasets.full_size_control_images", "network.network_kwargs.external_query", "model.name_or_path",
  ]

  /// Their path to ours, where the value is the same.
  private static let renamed = [
    "network.linear": "basis.rank", "network.network_kwargs.loras_num": "basis.count",
    "network.network_kwargs.lora_keys_dim": "basis.keyWidth", "network.network_kwargs.lora_heads": "basis.heads",
    "network.network_kwargs.mixing_coeffs_type": "basis.reduce", "network.network_kwargs.query_mode": "basis.queryMode",
    "network.network_kwargs.external_query_model": "basis.encoder", "datasets.caption_dropout_rate": "data.captionDropout",
    "save.save_every": "saveEvery", "save.max_step_saves_to_keep": "keepLast", "train.batch_size": "batch",
    "train.steps": "steps", "train.gradient_accumulation_steps": "accumulate", "train.gradient_accumulation": "accumulate",
    "train.gradient_checkpointing": "recompute", "train.optimizer_params.weight_decay": "optimiser.weightDecay",
    "train.optimizer_params.eps": "optimiser.epsilon", "train.lr": "optimiser.learningRate",
    "train.lr_scheduler": "schedule.kind", "train.max_grad_norm": "optimiser.maxGradientNorm",
  ]

  /// Their path to our settings, where the value is another.
  private static let translated: [String: @Sendable (Any) -> [(String, Any)]] = [
    "network.network_kwargs.lora_softmax": { [("basis.activation", $0 as? Bool == false ? "tanh" : "softmax")] },
    "network.network_kwargs.query_projection_type": { [("basis.projection", $0 as? String != "none")] },
    "train.timestep_type": { [("loss.weighting", $0 as? String == "weighted" ? "bell" : "none")] },
    "train.optimizer_params.betas": { value in
      let betas = value as? [Any] ?? []
      return betas.count == 2 ? [("optimiser.beta1", betas[0]), ("optimiser.beta2", betas[1])] : [("optimiser.beta1", value)]
    },
    "datasets.is_bidirectional_analogy": { [("data.directions", $0 as? Bool == true ? "both" : "forward")] },
    "datasets.resolution": { value in
      let side = (value as? [Any])?.first ?? value
      return [("data.canvasArea", (side as? Int).map { $0 * $0 } ?? side)]
    },
  ]

  /// Every value below a group with its path; lists are values, but of the data sets the first is a group.
  private static func leaves(_ group: Group, in path: String = "") -> [(key: String, value: Any)] {
    group.sorted { $0.key < $1.key }.flatMap { key, value -> [(key: String, value: Any)] in
      if let inner = value as? Group { return leaves(inner, in: "\(path)\(key).") }
      if path.isEmpty, key == "datasets", let first = dataset(group) { return leaves(first, in: "datasets.") }
      return value is NSNull ? [] : [(path + key, value)]
    }
  }
}
