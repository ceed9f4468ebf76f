import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch
import Testing

/// The test folder in the source tree.
let fixtures = URL(filePath: #filePath, directoryHint: .notDirectory).deletingLastPathComponent()

/// The error of something that must fail with one.
func checkpointError(_ body: () throws -> Void, location: SourceLocation = #_sourceLocation) -> CheckpointError? {
  do {
    try body()
    Issue.record("expected an error, nothing was thrown", sourceLocation: location)
  } catch let error as CheckpointError {
    return error
  } catch {
    Issue.record("expected a CheckpointError, \(error) was thrown", sourceLocation: location)
  }
  return nil
}

/// Checks an error's text: one sentence, on one line, naming the file.
func expectSentence(_ error: CheckpointError, naming file: String, location: SourceLocation = #_sourceLocation) {
  let text = error.description
  #expect(text.contains(file), "\(text)", sourceLocation: location)
  #expect(text.hasSuffix("."), "\(text)", sourceLocation: location)
  #expect(text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil, "\(text)", sourceLocation: location)
  #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(text)", sourceLocation: location)
  #expect(text.count < 900, "\(text)", sourceLocation: location)
  #expect(error.localizedDescription == text, sourceLocation: location)
}

/// A safetensors file's bytes from its header's JSON and its data.
func safetensors(_ json: String, data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian, Array.init) + Array(json.utf8) + data
}

/// A tensor with the numbers from 0 up.
func counting(_ shape: [Int], _ dtype: DType = .float32) -> Tensor {
  Tensor((0..<shape.reduce(1, *)).map(Float.init), shape: shape).to(dtype)
}

extension Tensor {
  /// The bytes of a tensor on the CPU.
  var bytes: [UInt8] { withUnsafeBytes(Array.init) }
}
