import Foundation
import LoRWeB
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// A model folder with components trained anew: everything else is copied from the folder the training began with, but for its basis,
/// which was learned on the components before.
public struct PretrainedFolder {
  private let origin: ModelFolder

  public init(from origin: ModelFolder) {
    self.origin = origin
  }

  /// The folder with another autoencoder, whose scale and shift are measured on pictures.
  ///
  /// - Parameter pictures: each [1, 3, H, W] within −1...1, where the model is.
  /// - Throws: `ModelFolderError.alreadyThere`; what copying and writing throw. Nothing half written is left.
  public func write(_ autoencoder: AutoencoderKL, measuredOn pictures: [Tensor], to url: URL) throws {
    var config = autoencoder.config
    (config.scale, config.shift) = try withTorchErrors { try autoencoder.normalisation(of: pictures) }
    try write([.vae: autoencoder.registry], in: .float16, to: url) { folder in
      try config.readableJSON().write(to: folder.appending(path: "\(ModelPart.vae.rawValue)/config.json"))
    }
  }

  /// The folder with other encoders of the router's pictures and of pooled text.
  ///
  /// - Throws: as for an autoencoder.
  public func write(_ towers: CLIPTowers, to url: URL) throws {
    try write([.imageEncoder: towers.vision.registry, .textEncoder: towers.textRegistry], in: .float16, to: url)
  }

  /// The folder with another transformer and T5.
  ///
  /// - Throws: as for an autoencoder.
  public func write(_ base: InstructedModel, to url: URL) throws {
    try write([.transformer: base.transformer.registry, .textEncoder2: base.text.registry], in: .bfloat16, to: url)
  }

  private func write(
    _ parts: KeyValuePairs<ModelPart, Registry>, in type: DType, to url: URL, and more: (URL) throws -> Void = { _ in }
  ) throws {
    let files = FileManager.default
    guard !files.fileExists(atPath: url.path(percentEncoded: false)) else {
      throw ModelFolderError.alreadyThere(url.path(percentEncoded: false))
    }
    try AtomicFolder.write(to: url) { folder in
      for name in try Folder.names(in: origin.url) where name != "basis.safetensors" && name != "README.md" {
        try files.copyItem(at: origin.url.appending(path: name), to: folder.appending(path: name))
      }
      for (part, registry) in parts {
        try write(
          registry, in: type, named: part == .vae || part == .transformer ? "diffusion_pytorch_model" : "model",
          into: folder.appending(path: part.rawValue, directoryHint: .isDirectory))
      }
      try more(folder)
    }
  }

  /// Replaces a component's weights.
  private func write(_ registry: Registry, in type: DType, named stem: String, into place: URL) throws {
    for name in try Folder.names(in: place) where name != "config.json" {
      try FileManager.default.removeItem(at: place.appending(path: name))
    }
    var writer = ComponentWriter(stem: stem)
    for parameter in registry.parameters {
      writer.add(parameter.name, shape: parameter.request.shape, dtype: type) {
        parameter.tensor.detach().contiguous().to(type)
      }
    }
    try withTorchErrors { try writer.write(to: place) }
  }
}
