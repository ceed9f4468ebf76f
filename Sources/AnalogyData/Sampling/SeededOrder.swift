import LoRWeBTorch

/// The numbers below a count in an order that seeded numbers fix, each found without the others.
///
/// A Feistel network (Luby, Rackoff 1988) permutes the numbers below the next power of four; whatever lands at or beyond the
/// count is sent through again until it doesn't, which leaves a permutation of those below it.
struct SeededOrder {
  private static let rounds = 6

  let count: Int
  private let halfBits: Int
  private let keys: [UInt64]

  init(count: Int, numbers: SeededNumbers) {
    var numbers = numbers
    self.count = count
    halfBits = (Int.bitWidth - max(count - 1, 0).leadingZeroBitCount + 1) / 2
    keys = (0..<Self.rounds).map { _ in numbers.next() }
  }

  subscript(place: Int) -> Int {
    var number = UInt64(place)
    repeat { number = permuted(number) } while number >= count
    return Int(number)
  }

  private func permuted(_ number: UInt64) -> UInt64 {
    let mask = (UInt64(1) << UInt64(halfBits)) - 1
    var (left, right) = (number >> UInt64(halfBits), number & mask)
    for key in keys {
      var mixed = SeededNumbers(seed: key ^ right)
      (left, right) = (right, left ^ (mixed.next() & mask))
    }
    return left << UInt64(halfBits) | right
  }
}

/// Numbers 0..<count, all of them once an epoch, in an order that seed and epoch fix.
///
/// What stands at a position follows from the position alone, so a run that goes on needs nothing else.
public final class ShuffledOrder {
  public let count: Int
  private let seed, stream: UInt64
  private var epoch = -1
  private var order: [Int32] = []

  /// - Parameter stream: tells orders of one seed apart.
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
