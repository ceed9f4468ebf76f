import Foundation

/// A set's quadruples by the batch, every one once an epoch, in an order that seed and epoch fix.
///
/// A batch follows from its number alone, so a run that goes on needs no position.
public final class QuadrupleBatches {
  public let quadruples: AnalogyQuadruples
  private let seed: UInt64
  private var epoch = -1
  private var order: [Int32] = []

  /// - Throws: `AnalogySetError.noAnalogies` for a set without any.
  public init(_ set: AnalogySet, seed: UInt64) throws {
    quadruples = set.quadruples()
    self.seed = seed
    guard !quadruples.isEmpty else { throw AnalogySetError.noAnalogies(folder: set.root.path(percentEncoded: false)) }
  }

  /// Places of a batch's quadruples in `quadruples`.
  public func places(_ number: Int, count: Int) -> [Int] {
    (number * count..<(number + 1) * count).map { position in
      let (epoch, place) = position.quotientAndRemainder(dividingBy: quadruples.count)
      if epoch != self.epoch {
        var numbers = SeededNumbers(seed: seed, stream: [5, UInt64(epoch)])
        (order, self.epoch) = (numbers.shuffled(quadruples.indices.map { Int32($0) }), epoch)
      }
      return Int(order[place])
    }
  }

  public func batch(_ number: Int, count: Int) -> [AnalogyQuadruple] { places(number, count: count).map { quadruples[$0] } }
}
