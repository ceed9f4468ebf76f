import Foundation
import LoRWeBTorch

/// A range that holds the true value in 95 of 100 cases.
public struct Interval: Codable, Equatable, Sendable {
  public let low, high: Double

  /// Wilson's interval around a share of `count` trials, be it itself a mean of shares, as of tasks of different sizes.
  /// - Returns: nil without trials, or for a share that isn't one.
  public static func wilson(share p: Double, of count: Int) -> Interval? {
    guard count > 0, (0...1).contains(p) else { return nil }
    let (n, z) = (Double(count), 1.959_963_984_540_054)
    let square = z * z
    let scale = 1 / (1 + square / n)
    let centre = scale * (p + square / (2 * n))
    let half = scale * z * (p * (1 - p) / n + square / (4 * n * n)).squareRoot()
    return Interval(low: max(0, centre - half), high: min(1, centre + half))
  }

  /// The percentile bootstrap of a mean over values that are independent of each other, such as one a task.
  /// - Parameter seed: the same seed gives the same interval on every machine.
  /// - Returns: nil for fewer than two values.
  public static func bootstrap(meanOf values: [Double], seed: UInt64 = 0) -> Interval? {
    bootstrap(of: values, seed: seed) { $0.reduce(0, +) / Double($0.count) }
  }

  /// The same of any figure, made anew of as many members as there are, drawn with repetition.
  /// - Returns: nil for fewer than two members.
  static func bootstrap<Member>(of members: [Member], seed: UInt64 = 0, _ figure: ([Member]) -> Double) -> Interval? {
    guard members.count > 1 else { return nil }
    var random = SeededNumbers(seed: seed)
    let figures = (0..<2000).map { _ in
      figure(members.map { _ in members[Int.random(in: members.indices, using: &random)] })
    }.sorted()
    func quantile(_ share: Double) -> Double {
      let place = share * Double(figures.count - 1)
      let (below, above) = (figures[Int(place)], figures[min(Int(place) + 1, figures.count - 1)])
      return below + (above - below) * (place - place.rounded(.down))
    }
    return Interval(low: quantile((1 - 0.95) / 2), high: quantile((1 + 0.95) / 2))
  }
}
