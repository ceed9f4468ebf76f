import Foundation
import LoRWeBAdapters

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
    let (process, place) = (yaml.process, yaml.place)
    if let type = yaml.otherNetwork {
      throw TrainingError.badSetting(
        place: place, key: "network.type",
        problem: "is \(type), so this is the YAML of an ordinary \(type) and not of a basis (attlora); take only the settings "
          + "that are meant, in a recipe of our own (docs/train.md)")
    }
    var layer: Group = [:]
    var ignored: [String] = []
    for (path, value) in Self.leaves(process, []) {
      let key = path.joined(separator: ".")
      guard let translate = Self.meanings[key] else {
        if !Self.readElsewhere.contains(where: key.hasPrefix) { ignored.append(key) }
        continue
      }
      for (ours, value) in translate(value) { Self.put(value, at: ours.split(separator: ".").map(String.init), in: &layer) }
    }
    var layers = try ConfigLayers(TrainingConfig.paper)
    try layers.merge(layer, place: place)
    config = try layers.config()
    self.ignored = ignored.sorted()
    data = Self.dataset(process)?["folder_path"].flatMap { $0 as? String }
      .map { URL(filePath: $0).deletingLastPathComponent().relativePath }
  }

  private static func dataset(_ process: Group) -> Group? { (process["datasets"] as? [Any])?.first as? Group }

  /// What says nothing new: where the data and the model are, which the command is told, and what is always so.
  private static let readElsewhere = [
    "datasets.folder_path", "datasets.control_path", "datasets.is_box_analogy", "datasets.enable_relation_captions",
    "datasets.full_size_control_images", "network.network_kwargs.external_query", "model.name_or_path",
  ]

  /// Their path to our settings.
  private static let meanings: [String: @Sendable (Any) -> [(String, Any)]] = [
    "network.linear": { [("basis.rank", $0)] },
    "network.network_kwargs.loras_num": { [("basis.count", $0)] },
    "network.network_kwargs.lora_keys_dim": { [("basis.keyWidth", $0)] },
    "network.network_kwargs.lora_heads": { [("basis.heads", $0)] },
    "network.network_kwargs.lora_softmax": { [("basis.activation", $0 as? Bool == false ? "tanh" : "softmax")] },
    "network.network_kwargs.mixing_coeffs_type": { [("basis.reduce", $0)] },
    "network.network_kwargs.external_query_model": { [("basis.encoder", $0)] },
    "network.network_kwargs.query_mode": { [("basis.queryMode", $0)] },
    "network.network_kwargs.query_projection_type": { [("basis.projection", $0 as? String != "none")] },
    "save.save_every": { [("saveEvery", $0)] },
    "save.max_step_saves_to_keep": { [("keepLast", $0)] },
    "train.batch_size": { [("batch", $0)] },
    "train.steps": { [("steps", $0)] },
    "train.gradient_accumulation_steps": { [("accumulate", $0)] },
    "train.gradient_accumulation": { [("accumulate", $0)] },
    "train.gradient_checkpointing": { [("recompute", $0)] },
    "train.timestep_type": { [("loss.weighting", $0 as? String == "weighted" ? "bell" : "none")] },
    "train.optimizer_params.betas": { value in
      let betas = value as? [Any] ?? []
      return betas.count == 2 ? [("optimiser.beta1", betas[0]), ("optimiser.beta2", betas[1])] : [("optimiser.beta1", value)]
    },
    "train.optimizer_params.weight_decay": { [("optimiser.weightDecay", $0)] },
    "train.optimizer_params.eps": { [("optimiser.epsilon", $0)] },
    "train.lr": { [("optimiser.learningRate", $0)] },
    "train.lr_scheduler": { [("schedule.kind", $0)] },
    "train.max_grad_norm": { [("optimiser.maxGradientNorm", $0)] },
    "datasets.caption_dropout_rate": { [("data.captionDropout", $0)] },
    "datasets.is_bidirectional_analogy": { [("data.directions", $0 as? Bool == true ? "both" : "forward")] },
    "datasets.resolution": { value in
      let side = (value as? [Any])?.first ?? value
      return [("data.canvasArea", (side as? Int).map { $0 * $0 } ?? side)]
    },
  ]

  /// Every value below a group with its path; lists are values, but of the data sets the first is a group.
  private static func leaves(_ group: Group, _ path: [String]) -> [(path: [String], value: Any)] {
    group.sorted { $0.key < $1.key }.flatMap { key, value -> [(path: [String], value: Any)] in
      if let inner = value as? Group { return leaves(inner, path + [key]) }
      if path.isEmpty, key == "datasets", let first = dataset(group) { return leaves(first, [key]) }
      return value is NSNull ? [] : [(path + [key], value)]
    }
  }

  private static func put(_ value: Any, at path: [String], in group: inout Group) {
    guard let key = path.first else { return }
    guard path.count > 1 else {
      group[key] = value
      return
    }
    var inner = group[key] as? Group ?? [:]
    put(value, at: Array(path.dropFirst()), in: &inner)
    group[key] = inner
  }
}
