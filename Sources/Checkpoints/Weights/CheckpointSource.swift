import Foundation
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// Weights in one safetensors file, in several with an index, or in a component's folder. Opening reads headers only; tensors are
/// views of the mapped files, as `SafetensorsFile.tensor(_:)` gives them.
public final class CheckpointSource: WeightSource {
  /// What was opened: a file, an index or a folder.
  public let url: URL
  public let files: [SafetensorsFile]
  /// Names of all tensors: in a single file its header's order, with an index the index's.
  public let names: [String]?
  private let places: [String: Int]

  /// Opens a `.safetensors` file, a `.safetensors.index.json`, or a folder in the layout of diffusers or transformers.
  /// - Throws: `CheckpointError`.
  public init(_ url: URL) throws {
    self.url = url
    let weights = Folder.isFolder(url) ? try ComponentFolder.weights(in: url) : url
    if weights.pathExtension == "json" {
      (files, names, places) = try Self.open(index: weights)
    } else {
      let file = try SafetensorsFile(weights)
      (files, names, places) = ([file], file.names, file.names.reduce(into: [:]) { $0[$1] = 0 })
    }
  }

  public func releasePages() { files.forEach { $0.releasePages() } }
  public var location: String { url.path(percentEncoded: false) }
  /// nil if there is none of this name.
  public func entry(_ name: String) -> SafetensorsHeader.Entry? { places[name].flatMap { files[$0].header[name] } }
  public func shape(of name: String) -> [Int]? { entry(name)?.shape }

  /// A view of the tensor's file.
  /// - Throws: `CheckpointError.noSuchTensor`, `ModelError.wrongShape`, or `TorchError` if torch refuses.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let place = places[request.name], let found = shape(of: request.name) else {
      throw CheckpointError.noSuchTensor(location, request.name)
    }
    if found != request.shape {
      throw ModelError.wrongShape(name: request.name, location: location, expected: request.shape, found: found)
    }
    return try files[place].tensor(request.name)
  }

  /// Opens all shards of an index and checks that index and shards tell the same.
  private static func open(index url: URL) throws -> (files: [SafetensorsFile], names: [String], places: [String: Int]) {
    let path = url.path(percentEncoded: false)
    let index = try ShardIndex(url)
    func bad(_ expected: String, _ found: String, _ advice: String) -> CheckpointError {
      CheckpointError(.index, path, expected: expected, found: found, advice: advice)
    }
    var (shards, numbers): ([String], [String: Int]) = ([], [:])
    for (_, shard) in index.weightMap where numbers[shard] == nil {
      numbers[shard] = shards.count
      shards.append(shard)
    }
    let files = try shards.map { shard in
      do {
        return try SafetensorsFile(url.deletingLastPathComponent().appending(path: shard, directoryHint: .notDirectory))
      } catch let error as CheckpointError where error.kind == .fileNotFound {
        throw bad("the shard \(quoted(shard)) beside the index", "no such file", "download it")
      }
    }
    var places: [String: Int] = [:]
    for (key, shard) in index.weightMap {
      guard let number = numbers[shard], files[number].header[key] != nil else {
        throw bad("key \(quoted(key)) in the shard \(quoted(shard))", "it missing there", "download both again")
      }
      places[key] = number
    }
    for (number, file) in files.enumerated() {
      for name in file.names where places[name] != number {
        guard let other = places[name] else {
          throw bad(
            "every tensor of the shard \(quoted(shards[number])) in the index", "\(quoted(name)) missing from it",
            "download both again")
        }
        throw bad(
          "key \(quoted(name)) in one shard", "it in \(quoted(shards[other])) and \(quoted(shards[number]))",
          "download the shards again")
      }
    }
    return (files, index.weightMap.map(\.key), places)
  }
}
