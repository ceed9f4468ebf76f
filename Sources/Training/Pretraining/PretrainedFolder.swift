import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// A model folder with components trained anew: everything else is copied from the folder the training began with.
public struct PretrainedFolder {
  /// A component's new weights.
  struct Part {
    let component: ModelFolder.Component
    let parameters: [Registry.Parameter]
    let dtype: DType
    /// The component's `config.json`, where it changed.
    var config: (any Encodable)?

    var stem: String {
      component == .vae || component == .transformer ? "diffusion_pytorch_model" : "model"
    }
  }

  private let origin: ModelFolder

  public init(from origin: ModelFolder) {
    self.origin = origin
  }

  /// The folder with another autoencoder, whose scale and shift are measured on pictures.
  ///
  /// The basis is left out: it was learned on latents of the autoencoder before.
  /// - Parameter pictures: each [1, 3, H, W] within −1...1, where the model is.
  /// - Throws: `ModelFolderError.alreadyThere`; what copying and writing throw. Nothing half written is left.
  public func write(_ autoencoder: AutoencoderKL, measuredOn pictures: [Tensor], to url: URL) throws {
    var config = autoencoder.config
    (config.scale, config.shift) = try withTorchErrors { try autoencoder.normalisation(of: pictures) }
    let part = Part(component: .vae, parameters: autoencoder.registry.parameters, dtype: .float16, config: config)
    try write([part], keepsBasis: false, to: url)
  }

  /// The folder with other encoders of the router's pictures and of pooled text.
  ///
  /// - Throws: as for an autoencoder.
  public func write(_ towers: CLIPTowers, to url: URL) throws {
    let parts = [
      Part(component: .imageEncoder, parameters: towers.vision.registry.parameters, dtype: .float16),
      Part(component: .textEncoder, parameters: towers.textRegistry.parameters, dtype: .float16),
    ]
    try write(parts, keepsBasis: false, to: url)
  }

  /// The folder with another transformer and T5.
  ///
  /// - Throws: as for an autoencoder.
  public func write(_ base: InstructedModel, to url: URL) throws {
    let parts = [
      Part(component: .transformer, parameters: base.transformer.registry.parameters, dtype: .bfloat16),
      Part(component: .textEncoder2, parameters: base.text.registry.parameters, dtype: .bfloat16),
    ]
    try write(parts, keepsBasis: false, to: url)
  }

  func write(_ parts: [Part], keepsBasis: Bool, to url: URL) throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: url.path(percentEncoded: false)) else {
      throw ModelFolderError.alreadyThere(url.path(percentEncoded: false))
    }
    let parent = url.standardizedFileURL.deletingLastPathComponent()
    let temporary = parent.appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).tmp", directoryHint: .isDirectory)
    do {
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      for name in try Folder.names(in: origin.url)
      where (keepsBasis || name != "basis.safetensors") && name != "README.md" {
        try files.copyItem(at: origin.url.appending(path: name), to: temporary.appending(path: name))
      }
      for part in parts { try write(part, into: temporary) }
      try files.moveItem(at: temporary, to: url)
    } catch {
      try? files.removeItem(at: temporary)
      throw error
    }
  }

  /// Replaces a component's weights, and its settings if they changed.
  private func write(_ part: Part, into folder: URL) throws {
    let files = FileManager.default
    let place = folder.appending(path: part.component.rawValue, directoryHint: .isDirectory)
    for name in try Folder.names(in: place) where name != "config.json" {
      try files.removeItem(at: place.appending(path: name))
    }
    if let config = part.config {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(config).write(to: place.appending(path: "config.json"))
    }
    var writer = ComponentWriter(stem: part.stem)
    for parameter in part.parameters {
      writer.add(parameter.name, shape: parameter.request.shape, dtype: part.dtype) {
        parameter.tensor.detach().contiguous().to(part.dtype)
      }
    }
    try withTorchErrors { try writer.write(to: place) }
  }
}
