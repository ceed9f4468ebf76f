import Foundation
import LoRWeBTorch

/// How many samples go through a transformer at once.
enum BatchLimit {
  /// An eighth of the memory for what is on its way: per sample about a hundred tensors as large as the context's latents, widened
  /// to a transformer's channels. At least one, at most 16.
  static func samples(like context: Tensor) -> Int {
    let tokens = max(2 * context.size(2) * context.size(3) / 4, 1)
    let bytes = tokens * 3072 * 4 * 24
    let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory / 8)
    return min(max(memory / bytes, 1), 16)
  }
}
