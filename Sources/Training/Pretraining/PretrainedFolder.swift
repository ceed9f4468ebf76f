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

  public init(from origin: ModelFolder) { self.origin = origin }

  /// The folder with another autoencoder, whose scale and shift are measured on pictures.
  /// - Parameter pictures: each [1, 3, H, W] within −1...1, where the model is.
  /// - Throws: `ModelFolderError.alreadyThere`; what copying and writing throw. Nothing half written is left.
  public func write(_ autoencoder: AutoencoderKL, measuredOn pictures: [Tensor], to url: URL) throws {
    var config = autoencoder.config
    (config.scale, config.shift) = try withTorchErrors { try autoencoder.normalisation(of: pictures) }
    try write([.vae: autoencoder.registry], in: .float16, to: url) { folder in
      try config.readableJSON().write(to: folder.appending(path: "\(ModelPart.vae.rawValue)/config.json"))
    }
  }

  /// The folder with other encoders of the router's pictures and of pooled text; throws as for an autoencoder.
  public func write(_ towers: CLIPTowers, to url: URL) throws {
    try write([.imageEncoder: towers.vision.registry, .textEncoder: towers.textRegistry], in: .float16, to: url)
  }

  /// The folder with another transformer and T5; throws as for an autoencoder.
  public func write(_ base: InstructedModel, to url: URL) throws {
    try write([.transformer: base.velocity.registry, .textEncoder2: base.text.registry], in: .bfloat16, to: url)
  }

  private func write(
    _ parts: KeyValuePairs<ModelPart, Registry>, in type: DType, to url: URL, and more: (URL) throws -> Void = { _ in }
  ) throws {
    let (files, path) = (FileManager.default, url.path(percentEncoded: false))
    guard !files.fileExists(atPath: path) else { throw ModelFolderError.alreadyThere(path) }
    try AtomicFolder.write(to: url) { folder in
      for name in try Folder.names(in: origin.url) where name != "basis.safetensors" && name != "README.md" {
        try files.copyItem(at: origin.url.appending(path: name), to: folder.appending(path: name))
      }
      for (part, registry) in parts {
        let place = folder.appending(path: part.rawValue, directoryHint: .isDirectory)
        for name in try Folder.names(in: place) where name != "config.json" {
          try files.removeItem(at: place.appending(path: name))
        }
        var writer = ComponentWriter(stem: part == .vae || part == .transformer ? "diffusion_pytorch_model" : "model")
        for one in registry.parameters {
          writer.add(one.name, shape: one.request.shape, dtype: type) { one.tensor.detach().contiguous().to(type) }
        }
        try withTorchErrors { try writer.write(to: place) }
      }
      try more(folder)
    }
  }
}
