import Foundation
import LoRWeBTorch
import Testing

/// Fails if a tensor's values, row by row, or its shape differ from what they should be.
func expect(
  _ tensor: Tensor, _ values: [Double], shape: [Int]? = nil, within tolerance: Double = 1e-6,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(tensor.shape == shape ?? [values.count], sourceLocation: sourceLocation)
  let found: [Double] = tensor.array()
  let same = found.count == values.count && zip(found, values).allSatisfy { abs($0 - $1) <= tolerance || $0 == $1 }
  #expect(same, "expected \(values), found \(found)", sourceLocation: sourceLocation)
}

/// A tensor of doubles, so that expected values can be written down exactly.
func doubles(_ values: [Double], _ shape: [Int]? = nil) -> Tensor { Tensor(values, shape: shape) }

/// Files beside the tests.
enum Answers {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  /// What PyTorch said; `Proofs/torch/make_torch_answers.py` wrote it.
  static func data(_ name: String) throws -> Data {
    try Data(contentsOf: repository.appending(path: "Tests/TorchTests/Answers/\(name)"))
  }

  static func lines(_ name: String) throws -> [String] {
    String(decoding: try data(name), as: UTF8.self).split(separator: "\n").map(String.init)
  }

  static func source(_ path: String) throws -> String {
    try String(contentsOf: repository.appending(path: path), encoding: .utf8)
  }
}
