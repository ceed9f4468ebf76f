import Synchronization

/// How often tensors' elements are read back from where they are computed, for which a program waits for its device.
public final class HostReads: Sendable {
  @TaskLocal static var current: HostReads?
  private let counted = Mutex(0)

  /// Does work; gives how often it, in this task, read elements back, on the CPU too.
  public static func count(in work: () throws -> Void) rethrows -> Int {
    let reads = HostReads()
    try $current.withValue(reads, operation: work)
    return reads.counted.withLock(\.self)
  }

  func note() { counted.withLock { $0 += 1 } }
}
