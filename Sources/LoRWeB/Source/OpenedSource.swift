import Foundation
import LoRWeBModels

/// A model source whose files are opened once each and stay open, weights mapped and not read.
final class OpenedSource: PartSettings {
  let source: any ModelSource
  private var settings: [ModelPart: Settings] = [:]
  /// Weights that are open.
  private(set) var weights: [ModelPart: any WeightSource] = [:]
  private var vocabularies: [ModelPart: Any] = [:]

  init(_ source: any ModelSource) { self.source = source }

  func settings(of part: ModelPart) throws -> Settings {
    if let known = settings[part] { return known }
    let read = try source.settings(of: part)
    settings[part] = read
    return read
  }

  /// A tokenizer, read once.
  func vocabulary<Tokenizer>(of part: ModelPart, _ read: (URL) throws -> Tokenizer) throws -> Tokenizer {
    if let known = vocabularies[part] as? Tokenizer { return known }
    let tokenizer = try read(source.vocabulary(of: part))
    vocabularies[part] = tokenizer
    return tokenizer
  }

  func weights(of part: ModelPart) throws -> any WeightSource {
    if let known = weights[part] { return known }
    let opened = try source.weights(of: part)
    weights[part] = opened
    return opened
  }
}
