import Foundation
import LoRWeBTorch

/// How many samples go through a transformer at once.
enum BatchLimit {
  /// An eighth of the memory for what is on its way: reckoned at two dozen fp32 tensors a sample of target and context tokens,
  /// 3072 channels wide as FLUX's. At least one, at most 16.
  static func samples(like context: Tensor) -> Int {
    let tokens = max(2 * context.size(2) * context.size(3) / 4, 1)
    let bytes = tokens * 3072 * 4 * 24
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory / 8)
    return min(max(memory / bytes, 1), 16)
  }
}
