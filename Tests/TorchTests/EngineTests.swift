import Foundation
import LoRWeBTorch
import Testing

@Suite("Engine")
struct EngineTests {
  /// An actor that lives on an engine.
  private actor Worker {
    private let engine: Engine
    private var threads: Set<ObjectIdentifier> = []
    private var isInside = false

    init(_ engine: Engine) {
      self.engine = engine
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

    /// Notes the thread, computes a little and lets others in between.
    func work(_ value: Double, rounds: Int) async throws -> Double {
      var sum = 0.0
      for _ in 0..<rounds {
        sum += try step(value)
        await Task.yield()
      }
      return sum
    }

    private func step(_ value: Double) throws -> Double {
      #expect(!isInside)
      isInside = true
      defer { isInside = false }
      threads.insert(ObjectIdentifier(Thread.current))
      let w = doubles([value]).requiringGrad()
      return try withTorchErrors {
        noGrad { #expect(!(w * 2).requiresGrad) }
        #expect((w * 2).requiresGrad)
        return (w + 1).item()
      }
    }

    var usedThreads: Set<ObjectIdentifier> { threads }

    #if os(Linux)
    /// Tells when the thread this runs on ends: the system hands back then what the thread holds.
    func tellEnd(_ end: @escaping @Sendable () -> Void) {
      var key = pthread_key_t()
      pthread_key_create(&key) { held in
        guard let held else { return }
        Unmanaged<Last>.fromOpaque(held).takeRetainedValue().body()
      }
      pthread_setspecific(key, Unmanaged.passRetained(Last(body: end)).toOpaque())
    }

    private final class Last {
      let body: @Sendable () -> Void
      init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
    #endif
  }

  @Test("Many tasks with many awaits all run on the engine's one thread, one at a time, with gradient recording as it was")
  func oneThread() async throws {
    let worker = Worker(Engine())
    let sums = try await withThrowingTaskGroup(of: Double.self) { group in
      for index in 0..<16 { group.addTask { try await worker.work(Double(index), rounds: 50) } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums.sorted() == (0..<16).map { Double($0 + 1) * 50 })
    #expect(await worker.usedThreads.count == 1)
  }

  @Test("Two engines are two threads")
  func twoEngines() async throws {
    let (one, two) = (Worker(Engine()), Worker(Engine()))
    async let first = one.work(1, rounds: 20)
    async let second = two.work(2, rounds: 20)
    _ = try await (first, second)
    let (oneThreads, twoThreads) = (await one.usedThreads, await two.usedThreads)
    #expect(oneThreads.count == 1 && twoThreads.count == 1 && oneThreads.isDisjoint(with: twoThreads))
  }

  #if os(Linux)
  @Test("An engine's thread ends with the engine")
  func ends() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Never.self)
    func use() async throws {
      let worker = Worker(Engine())
      _ = try await worker.work(1, rounds: 3)
      await worker.tellEnd { end.finish() }
    }
    try await use()
    // A thread that stayed would be waited for without end.
    for await _ in ended {}
  }
  #endif

  @Test("Torch's threads are at least one, and can be asked and set")
  func threads() async {
    // In a process of its own: other tests' sums depend on the number of threads.
    await #expect(processExitsWith: .success) {
      Engine.threads = 3
      #expect(Engine.threads == 3)
      Engine.threads = 0
      #expect(Engine.threads == 1)
    }
  }
}
