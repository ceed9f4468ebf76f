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
      throw CheckpointError.unreadable(path, "the folder can't be listed")
    }
    let found = stems.compactMap { stem in
      [
        "\(stem).safetensors", "\(stem).safetensors.index.json",
        "\(stem).fp16.safetensors", "\(stem).safetensors.index.fp16.json",
      ].first(where: names.contains)
    }
    func refused(_ expected: String, _ names: String, _ advice: String) -> CheckpointError {
      CheckpointError(.noWeights, path, expected: expected, found: names, advice: advice)
    }
    if found.count > 1 { throw refused("the weights of one component", listed(found), "keep one of them") }
    if let name = found.first { return folder.appending(path: name, directoryHint: .notDirectory) }
    let safetensors = names.filter { $0.hasSuffix(".safetensors") }.sorted()
    let pickles = names.filter { ForeignFormat.isPickle(URL(fileURLWithPath: $0)) }.sorted()
    if safetensors.isEmpty && !pickles.isEmpty {
      throw refused(
        "safetensors weights", "only \(listed(pickles)), refused because loading pickles can run code",
        "convert them to safetensors")
    }
    throw refused(
      "diffusion_pytorch_model.safetensors or model.safetensors (or their index)", listed(safetensors),
      "check that this is a component's folder")
  }

  private static func listed(_ names: [String]) -> String {
    if names.isEmpty { return "none of them" }
    return names.prefix(5).map(quoted).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
