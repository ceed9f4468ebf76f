import Foundation
import LoRWeBCheckpoints
import LoRWeBModels

extension LoadedModel {
  /// What a recipe says of the files that were opened so far and of a basis. Each digest is made once.
  func files(with basis: OpenedBasis) throws -> Recipe.Files {
    for (part, source) in opened.weights where contents[part] == nil {
      let files = (source as? any FiledSource)?.weightFiles ?? []
      contents[part] =
        part == .imageEncoder
        ? files.contents(Recipe.Content.init(whole:)).merging(try encoderSettings()) { first, _ in first }
        : files.contents(Recipe.Content.init(headerOf:))
      source.releasePages()
    }
    let others = contents.filter { $0.key != .imageEncoder }.flatMap { part, files in
      files.map { ("\(part.rawValue)/\($0.key)", $0.value) }
    }
    return Recipe.Files(
      basis: basis.contents, encoder: contents[.imageEncoder] ?? [:], weights: Dictionary(others) { first, _ in first })
  }

  private func encoderSettings() throws -> [String: Recipe.Content] {
    try [ModelPart.imageEncoder, .featureExtractor].reduce(into: [:]) { files, part in
      let settings = try opened.settings(of: part)
      files[URL(filePath: settings.name).lastPathComponent] = Recipe.Content(file: settings.json)
    }
  }
}

extension [any WeightFile] {
  /// What a recipe says of each, by its name.
  func contents(_ content: (any WeightFile) -> Recipe.Content) -> [String: Recipe.Content] {
    reduce(into: [:]) { $0[$1.url.lastPathComponent] = content($1) }
  }
}
