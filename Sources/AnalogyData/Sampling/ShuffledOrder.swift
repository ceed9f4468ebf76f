import LoRWeBTorch

/// Numbers 0..<count, all of them once an epoch, in an order that seed and epoch fix.
///
/// What stands at a position follows from the position alone, so a run that goes on needs nothing else.
public final class ShuffledOrder {
  public let count: Int
  private let seed: UInt64
  private let stream: UInt64
  private var epoch = -1
  private var order: [Int32] = []

  /// - Parameters:
  ///   - count: more than 0.
  ///   - stream: tells orders of one seed apart.
  public init(count: Int, seed: UInt64, stream: UInt64 = 0) {
    (self.count, self.seed, self.stream) = (max(count, 1), seed, stream)
  }

  public subscript(position: Int) -> Int {
    let (epoch, place) = position.quotientAndRemainder(dividingBy: count)
    if epoch != self.epoch {
      var numbers = SeededNumbers(seed: seed, stream: [5, stream, UInt64(epoch)])
      (order, self.epoch) = (numbers.shuffled((0..<count).map { Int32($0) }), epoch)
    }
    return Int(order[place])
  }
}
