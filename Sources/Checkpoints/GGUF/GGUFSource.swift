import Foundation
import LoRWeBModels
import LoRWeBTorch

/// Weights in one GGUF file, under the names they have there. Quantised tensors come out in fp32.
public final class GGUFSource: WeightSource {
  public let file: GGUFFile

  /// Opens a file; only its header is read.
  /// - Throws: `CheckpointError`.
  public init(_ url: URL) throws { file = try GGUFFile(url) }

  public func releasePages() { file.releasePages() }
  public var location: String { file.url.path(percentEncoded: false) }
  public var names: [String]? { file.names }
  public func shape(of name: String) -> [Int]? { file.header[name]?.shape }

  /// - Throws: `CheckpointError.noSuchTensor`, `ModelError.wrongShape`, or `TorchError` if torch refuses.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    if let found = shape(of: request.name), found != request.shape {
      throw ModelError.wrongShape(name: request.name, location: location, expected: request.shape, found: found)
    }
    return try file.tensor(request.name)
  }
}
