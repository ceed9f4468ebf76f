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
