import CLoRWeBTorch
import Foundation

/// One device and the one thread all its work runs on.
///
/// Actors that own models adopt it as their executor, so tensor code inside them is ordinary synchronous code: gradient mode,
/// which is per thread, stays where it was put, and OpenMP keeps one team. A second device is a second engine.
///
/// ```swift
/// actor Editor { nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() } … }
/// ```
public final class Engine: SerialExecutor {
  /// Where models built on this engine live.
  public let device: Device
  private let queue: JobQueue

  public init(device: Device = .cpu) {
    self.device = device
    let queue = JobQueue()
    self.queue = queue
    let thread = Thread { queue.work() }
    thread.name = "LoRWeB \(device)"
    thread.stackSize = 16 << 20
    thread.start()
  }

  deinit { queue.close() }

  public func enqueue(_ job: consuming ExecutorJob) {
    let unowned = UnownedJob(job)
    // The job holds the engine: it may be the last to know the actor that owns it.
    queue.add { unowned.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }

  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  /// Threads torch uses inside one operator.
  public static var threads: Int {
    get { Int(ct_threads()) }
    set { ct_set_threads(Int32(clamping: max(newValue, 1))) }
  }

  /// Gives freed memory back to the system; worth a call after a model was dropped.
  public static func trimMemory() { ct_trim() }
}

/// The engine's inbox; outlives the engine until the last job ran.
private final class JobQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var jobs: [@Sendable () -> Void] = []
  private var isOpen = true

  func add(_ job: @escaping @Sendable () -> Void) {
    condition.withLock {
      jobs.append(job)
      condition.signal()
    }
  }

  func close() {
    condition.withLock {
      isOpen = false
      condition.signal()
    }
  }

  func work() {
    while let batch = next() {
      for job in batch { job() }
    }
  }

  private func next() -> [@Sendable () -> Void]? {
    condition.withLock {
      while jobs.isEmpty && isOpen { condition.wait() }
      defer { jobs.removeAll() }
      return jobs.isEmpty ? nil : jobs
    }
  }
}
