import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A model in the diffusers layout: `model_index.json` and a folder a component. Opening reads a few JSON files and no weights.
public struct ModelFolder: Sendable {
  public let url: URL
  public let usage: ModelUsage

  private struct Index: Decodable { let _lorweb: ModelUsage? }

  /// Opens a model folder.
  /// - Throws: `ModelFolderError` if it isn't one or its index makes no sense.
  public init(_ url: URL) throws {
    self.url = url
    let path = url.path(percentEncoded: false)
    guard Folder.isFolder(url) else { throw ModelFolderError.notAFolder(path) }
    let file = url.appending(path: "model_index.json")
    let index = file.path(percentEncoded: false)
    guard Folder.isThere(file) else { throw ModelFolderError.notDiffusers(path) }
    usage = try Self.settings(file).config(Index.self)._lorweb ?? ModelUsage()
    for (key, value, limit) in [("tile", usage.tile, 4096), ("steps", usage.steps, 1000), ("keep", usage.keep, 1000)] {
      if let value, !(1...limit).contains(value) {
        throw ModelFolderError.badFile(index, "_lorweb.\(key) is \(value), expected 1 to \(limit)")
      }
    }
    if let guidance = usage.guidance, !(0...100).contains(guidance) {
      throw ModelFolderError.badFile(index, "_lorweb.guidance is \(guidance), expected 0 to 100")
    }
  }

  public func folder(_ part: ModelPart) -> URL { url.appending(path: part.rawValue, directoryHint: .isDirectory) }

  /// True if the part's folder is there.
  public func has(_ part: ModelPart) -> Bool { Folder.isThere(folder(part)) }

  /// The folder's own basis, if it has one.
  public var basis: URL? {
    let file = url.appending(path: "basis.safetensors")
    return Folder.isThere(file) ? file : nil
  }

  /// A part's weights, headers read.
  /// - Throws: `ModelFolderError` if the part is missing, `CheckpointError` for broken files.
  public func weights(_ part: ModelPart) throws -> CheckpointSource {
    try require(part)
    return try CheckpointSource(folder(part))
  }

  static func settings(_ file: URL) throws -> Settings {
    let name = file.path(percentEncoded: false)
    guard let json = try? Data(opening: file) else { throw ModelFolderError.badFile(name, "it is missing or can't be read") }
    return Settings(json: json, name: name)
  }
}

extension ModelFolder: ModelSource {
  public var location: String { url.path(percentEncoded: false) }

  public func settings(of part: ModelPart) throws -> Settings {
    if part == .featureExtractor { return try Self.settings(ModelFiles.preprocessor(of: folder(.imageEncoder))) }
    if part == .imageEncoder, !has(part) { throw ModelFolderError.noImageEncoder(folder(part).path(percentEncoded: false)) }
    try require(part)
    return try Self.settings(folder(part).appending(path: part.settingsName))
  }

  public func weights(of part: ModelPart) throws -> any WeightSource { try weights(part) }

  public func vocabulary(of part: ModelPart) throws -> URL {
    try require(part)
    return folder(part)
  }

  public func places(of part: ModelPart) throws -> [URL] {
    guard part == .imageEncoder else { return [folder(part)] }
    return [folder(part), try ModelFiles.preprocessor(of: folder(part)).deletingLastPathComponent()]
  }

  private func require(_ part: ModelPart) throws {
    guard has(part) else { throw ModelFolderError.missingComponent(part.rawValue, location) }
  }
}

/// A folder that isn't a model, or isn't a whole one.
public enum ModelFolderError: ExplainedError {
  case notAFolder(String)
  case notDiffusers(String)
  case noImageEncoder(String)
  case missingComponent(String, String)
  case missingParts(String, [ModelPart])
  case notInCache(String, cache: String)
  case severalTransformers(String, String)
  case otherSizes(String, expected: String, found: String)
  case badFile(String, String)
  case unknownPreset(String, known: [String])
  case alreadyThere(String)
  case diskTooSmall(String, needed: Int, free: Int)

  public var description: String {
    switch self {
    case .notAFolder(let path):
      "The model folder \(path) is not there or is no folder; give a folder in the diffusers layout."
    case .notDiffusers(let path):
      "\(path) has no model_index.json, so it is no model in the diffusers layout; give the folder that holds it."
    case .noImageEncoder(let path):
      "There is no image encoder in \(path) (no config.json); the router needs the one its basis was trained with: give its folder."
    case .missingComponent(let name, let path):
      "The model folder \(path) has no \(name); download or copy this component, or name another folder."
    case .missingParts(let location, let parts):
      "\(location) lacks \(parts.map { "\($0.words) (\($0.rawValue))" }.joined(separator: ", ")), and nothing else on this machine has it; "
        + parts.compactMap(Download.first).map { "\($0.part.words): \"\($0.command)\"" }.joined(separator: ", ") + "."
    case .notInCache(let name, let cache):
      "\(name) is no path and is not in the Hugging Face cache \(cache); fetch it with \"hf download \(name)\", or give a path."
    case .severalTransformers(let folder, let names):
      "\(folder) holds several transformers (\(names)); name the file of the one that is meant."
    case .otherSizes(let file, let expected, let found):
      "The transformer \(file) is not of FLUX.1-Kontext-dev's sizes (x_embedder.weight expected \(expected), found \(found)); give its config.json too."
    case .badFile(let file, let problem): "\(file) can't be used: \(problem)."
    case .unknownPreset(let name, let known): "There is no preset \"\(name)\"; use one of \(known.joined(separator: ", "))."
    case .alreadyThere(let path): "\(path) is there already and is left as it is; name a folder that is not there yet."
    case .diskTooSmall(let path, let needed, let free):
      "The model needs \(needed.formatted(.byteCount(style: .file))) but the disk of \(path) has \(free.formatted(.byteCount(style: .file))) free; name a folder on a larger disk."
    }
  }
}
