import Foundation

/// Which parts of a model stay in memory between their uses.
public enum Residency: Sendable, Equatable {
  /// Every part that was used once: warm edits read no weight file.
  case everything
  /// The parts used last, as far as they fit so many bytes together.
  case budget(bytes: Int)
  /// None: each part is let go when it has done its work, so the largest part, not their sum, decides the memory.
  case oneAtATime

  /// A quarter of this machine's memory for parts at rest; small models stay whole.
  public static var usual: Residency { .budget(bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)) }

  /// How many bytes may be held.
  var limit: Int {
    switch self {
    case .everything: .max
    case .budget(let bytes): max(bytes, 0)
    case .oneAtATime: 0
    }
  }
}
