import Foundation
import LoRWeBModels

/// Opens weights in any form that is read, told by what they are and not by their names: a GGUF file, a safetensors file, an index of
/// several, or a component's folder. Only headers are read.
/// - Throws: `CheckpointError`.
public func openWeights(at url: URL) throws -> any WeightSource {
  try GGUFFile.isOne(url) ? GGUFSource(url) : CheckpointSource(url)
}

extension GGUFFile {
  /// Whether a file begins as GGUF files do; what can't be read doesn't.
  static func isOne(_ url: URL) -> Bool {
    guard let handle = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? handle.close() }
    return (try? handle.read(upToCount: 4)) == Data("GGUF".utf8)
  }
}
