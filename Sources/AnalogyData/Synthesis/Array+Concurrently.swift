import Dispatch
import Synchronization

extension Array {
  /// Elements made on all cores, in order. The first place that fails decides the error, however many cores there are.
  package init(concurrently count: Int, _ make: @Sendable (Int) throws -> Element) throws where Element: Sendable {
    let results = Mutex([Result<Element, any Error>?](repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = Result { try make(index) }
      results.withLock { $0[index] = result }
    }
    self = try results.withLock { $0 }.compactMap { try $0?.get() }
  }
}
