import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels

/// A folder that may hold parts of models: in the layout of diffusers, of ComfyUI, or as files beside one another. What a file is, its
/// tensors' names say.
struct ModelPlace {
  private let folder: URL
  /// The transformer, where a file was named.
  private let transformer: URL?

  init(_ folder: URL) { (self.folder, transformer) = (folder, nil) }

  /// The folder of a transformer's file; of a ComfyUI folder, the whole of it.
  init(beside file: URL) {
    let own = file.standardizedFileURL.deletingLastPathComponent()
    let comfy = Self.comfyFolders[.transformer, default: []].contains(own.lastPathComponent)
    (folder, transformer) = (comfy ? own.deletingLastPathComponent() : own, file)
  }

  /// Where ComfyUI keeps each part, below its `models`.
  private static let comfyFolders: [ModelPart: [String]] = [
    .transformer: ["diffusion_models", "unet"], .vae: ["vae"], .textEncoder: ["text_encoders", "clip"],
    .textEncoder2: ["text_encoders", "clip"], .imageEncoder: ["clip_vision"],
  ]

  /// Whether anything here can be a model's.
  var isUsable: Bool { !(((try? candidates(for: .transformer)) ?? []).isEmpty) }

  /// A part's folder or file; of several files the largest, which has lost least. nil if there is none.
  /// - Throws: `ModelFolderError.severalTransformers`, where choosing would be guessing.
  func find(_ part: ModelPart) throws -> URL? {
    if part == .transformer, let transformer { return transformer }
    let own = folder.appending(path: part.rawValue, directoryHint: .isDirectory)
    if Folder.isFolder(own), try holds(own, part) { return own }
    if part == .tokenizer2 {
      let vocabulary = folder.appending(path: "spiece.model")
      return Folder.isThere(vocabulary) ? vocabulary : nil
    }
    guard let kind = part.layouts else { return part == .imageEncoder ? try wholeEncoder() : nil }
    let fitting = try candidates(for: part).filter { file in
      guard let opened = try? openWeights(at: file) else { return false }
      return (try? RecognisedWeights(opened, as: kind)) != nil
    }
    if part == .transformer, fitting.count > 1 {
      throw ModelFolderError.severalTransformers(
        folder.path(percentEncoded: false), fitting.map { $0.lastPathComponent }.joined(separator: ", "))
    }
    return fitting.max { Self.size($0) < Self.size($1) }
  }

  /// The folder itself, where it is an image encoder's as downloaded.
  private func wholeEncoder() throws -> URL? {
    let files = ["config.json", "preprocessor_config.json"].map { folder.appending(path: $0) }
    return files.allSatisfy(Folder.isThere) ? folder : nil
  }

  private func holds(_ folder: URL, _ part: ModelPart) throws -> Bool {
    let names = try Folder.names(in: folder)
    switch part {
    case .tokenizer: return names.contains("vocab.json")
    case .tokenizer2: return names.contains("spiece.model")
    default: return names.contains("config.json") && names.contains { $0.contains(".safetensors") }
    }
  }

  /// Files that may be a part's: in ComfyUI's folder for it, else here.
  private func candidates(for part: ModelPart) throws -> [URL] {
    let roots = [folder, folder.appending(path: "models")]
    let kept = Self.comfyFolders[part, default: []].flatMap { name in roots.map { $0.appending(path: name) } }
      .filter(Folder.isFolder)
    return try (kept.isEmpty ? [folder] : kept).flatMap { place in
      try Folder.contents(of: place).files.map { place.appending(path: $0) }
        .filter { ["safetensors", "gguf", "sft"].contains($0.pathExtension.lowercased()) }
    }
  }

  private static func size(_ url: URL) -> Int {
    (try? url.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
  }
}
