import Foundation
import LoRWeBFiles

/// The folder of one component (a transformer, an autoencoder, a text or image encoder) in the layout of diffusers and transformers.
enum ComponentFolder {
  /// The weights' base name in each library: diffusers', transformers'.
  private static let stems = ["diffusion_pytorch_model", "model"]

  /// The file or index that holds a component's weights.
  ///
  /// Of one library's names the first that is there counts: the file, its index, then the file and the index of the fp16 variant.
  /// - Throws: `CheckpointError` if the folder isn't there, holds none, both libraries' or only pickled weights.
  static func weights(in folder: URL) throws -> URL {
    let path = folder.path(percentEncoded: false)
    let names: Set<String>
    do {
      names = Set(try Folder.names(in: folder))
    } catch {
      throw CheckpointError.unreadable(file: path, reason: "the folder can't be listed")
    }
    let found = stems.compactMap { stem in
      [
        "\(stem).safetensors", "\(stem).safetensors.index.json",
        "\(stem).fp16.safetensors", "\(stem).safetensors.index.fp16.json",
      ].first(where: names.contains)
    }
    if found.count > 1 { throw CheckpointError.ambiguousWeights(folder: path, found: found) }
    if let name = found.first { return folder.appending(path: name, directoryHint: .notDirectory) }
    let safetensors = names.filter { $0.hasSuffix(".safetensors") }.sorted()
    let pickles = names.filter { ForeignFormat.isPickle(URL(fileURLWithPath: $0)) }.sorted()
    if safetensors.isEmpty && !pickles.isEmpty { throw CheckpointError.onlyPickledWeights(folder: path, found: pickles) }
    throw CheckpointError.noWeights(folder: path, found: safetensors)
  }
}
