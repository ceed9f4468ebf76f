import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// A model's sizes without weights: a folder of configuration files in the diffusers layout that comes with the library.
public struct ModelPreset: Sendable {
  /// What a preset says beyond the configuration files.
  struct Extras: Decodable {
    let description: String
    let dtype: String
    /// `full` for CLIP's and a stand-in for T5's, `mini` for the embedded model's.
    let tokenizers: String
    let basis: BasisSize
    let encoder: String
  }

  public let name: String
  let folder: ModelFolder
  let extras: Extras

  /// One sentence on what it is.
  public var description: String { extras.description }

  /// The names that `init(named:)` knows.
  /// - Throws: `EmbeddedModelError` if the library's resources are not where they should be.
  public static func names() throws -> [String] {
    let presets = try EmbeddedModel.presets()
    return try Folder.names(in: presets).filter { Folder.isThere(presets.appending(path: "\($0)/preset.json")) }
  }

  /// - Throws: `ModelFolderError.unknownPreset`; what reading throws.
  public init(named name: String) throws {
    let names = try Self.names()
    guard names.contains(name) else { throw ModelFolderError.unknownPreset(name, known: names) }
    let url = try EmbeddedModel.presets().appending(path: name, directoryHint: .isDirectory)
    self.name = name
    folder = try ModelFolder(url)
    extras = try ModelFolder.settings(url.appending(path: "preset.json")).config()
  }

  var dtype: DType { DType.allCases.first { $0.description == extras.dtype } ?? .float32 }

  /// The two tokenizers' folders: CLIP's, T5's.
  func tokenizers() throws -> (clip: URL, t5: URL) {
    if extras.tokenizers == "full" {
      let folder = try EmbeddedModel.tokenizers()
      return (folder.appending(path: "clip"), folder.appending(path: "t5"))
    }
    let mini = try ModelFolder(EmbeddedModel.folder())
    return (mini.folder(.tokenizer), mini.folder(.tokenizer2))
  }

  /// Asks a scope for everything a component is made of.
  func ask(_ scope: Scope, for component: ModelPart) throws {
    if component.stem != nil { try component.ask(scope, folder.settings(of: component)) }
  }

  /// The parts that have weights, with the base name of their files.
  static let weighted = ModelPart.allCases.compactMap { part in part.stem.map { (component: part, stem: $0) } }

  /// A basis of random weights that changes pictures, for this preset's transformer.
  func basis(_ scope: Scope) throws -> LoRABasis {
    let config: FluxConfig = try folder.config(of: .transformer)
    var settings = RouterSettings.paper
    settings.encoder = extras.encoder
    settings.encoderWidth = settings.queryMode.embeddingWidth(query: extras.basis.queryWidth)
    return try LoRABasis(
      scope, layers: AdaptedLinear.all(in: config), size: extras.basis, settings: settings, startOfB: .normal(deviation: 0.02))
  }
}
