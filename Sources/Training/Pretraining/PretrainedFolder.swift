import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A model folder with one component trained anew: everything else is copied from the folder the training began with.
public struct PretrainedFolder {
  private let origin: ModelFolder

  public init(from origin: ModelFolder) {
    self.origin = origin
  }

  /// The folder with another autoencoder, whose scale and shift are measured on pictures.
  ///
  /// The basis is left out: it was learned on latents of the autoencoder before.
  /// - Parameter pictures: each [1, 3, H, W] within −1...1.
  /// - Throws: `ModelFolderError.alreadyThere`; what copying and writing throw. Nothing half written is left.
  public func write(_ autoencoder: AutoencoderKL, measuredOn pictures: [Tensor], to url: URL) throws {
    var config = autoencoder.config
    (config.scale, config.shift) = try withTorchErrors { try autoencoder.normalisation(of: pictures) }
    try write(to: url, replacing: .vae, config: config, registry: autoencoder.registry, stem: "diffusion_pytorch_model")
  }

  private func write(
    to url: URL, replacing component: ModelFolder.Component, config: some Encodable, registry: Registry, stem: String
  ) throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: url.path(percentEncoded: false)) else {
      throw ModelFolderError.alreadyThere(url.path(percentEncoded: false))
    }
    let parent = url.standardizedFileURL.deletingLastPathComponent()
    let temporary = parent.appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).tmp", directoryHint: .isDirectory)
    do {
      try files.createDirectory(at: temporary, withIntermediateDirectories: true)
      for name in try files.contentsOfDirectory(atPath: origin.url.path(percentEncoded: false))
      where name != component.rawValue && name != "basis.safetensors" && name != "README.md" {
        try files.copyItem(at: origin.url.appending(path: name), to: temporary.appending(path: name))
      }
      let place = temporary.appending(path: component.rawValue, directoryHint: .isDirectory)
      try files.createDirectory(at: place, withIntermediateDirectories: false)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(config).write(to: place.appending(path: "config.json"))
      var writer = ComponentWriter(stem: stem)
      for parameter in registry.parameters {
        writer.add(parameter.name, shape: parameter.request.shape, dtype: .float16) {
          parameter.tensor.detach().contiguous().to(.float16)
        }
      }
      try withTorchErrors { try writer.write(to: place) }
      try files.moveItem(at: temporary, to: url)
    } catch {
      try? files.removeItem(at: temporary)
      throw error
    }
  }
}
