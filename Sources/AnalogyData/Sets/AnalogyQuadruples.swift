import LoRWeBModels

/// Which of a task's analogies are used.
public enum AnalogyDirections: String, NamedChoice {
  /// Every unordered pair of pairs i < j once, (a, a′) = pair i, (b, b′) = pair j: the published training.
  case forward
  /// These, and each of them once more with before and after swapped.
  case both
}

/// All quadruples of a set, none of them listed: 170 tasks of 1,000 pairs have 85 million.
///
/// A prepared set's own come first, then task by task the unordered pairs of pairs in the order (0, 1), (0, 2), …, (1, 2), …,
/// each followed by its reverse where both directions are used.
public struct AnalogyQuadruples: RandomAccessCollection, Sendable {
  private let set: AnalogySet
  private let directions: Int
  /// Where each task's quadruples begin, and behind them the end of all.
  private let starts: [Int]

  init(_ set: AnalogySet, _ directions: AnalogyDirections) {
    self.set = set
    self.directions = directions == .both ? 2 : 1
    var starts = [set.prepared.count]
    for task in set.tasks {
      starts.append((starts.last ?? 0) + Self.pairs(upTo: task.pairs.count, of: task.pairs.count) * self.directions)
    }
    self.starts = starts
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { starts.last ?? 0 }

  /// Where the quadruples of a task of the set, given by its place, are.
  func indices(ofTask task: Int) -> Range<Int> { starts[task]..<starts[task + 1] }

  public subscript(index: Int) -> AnalogyQuadruple {
    if index < set.prepared.count { return set.prepared[index] }
    let place = Self.last(in: 0..<set.tasks.count) { starts[$0] <= index }
    let task = set.tasks[place]
    let (pair, direction) = (index - starts[place]).quotientAndRemainder(dividingBy: directions)
    let first = Self.last(in: 0..<task.pairs.count) { Self.pairs(upTo: $0, of: task.pairs.count) <= pair }
    let second = first + 1 + pair - Self.pairs(upTo: first, of: task.pairs.count)
    return AnalogyQuadruple(task: task.name, example: task.pairs[first], query: task.pairs[second], reversed: direction == 1)
  }

  /// How many i < j of `count` have i < `first`.
  private static func pairs(upTo first: Int, of count: Int) -> Int { first * (2 * count - first - 1) / 2 }

  /// The last number of a range for which something holds that holds up to there and never after.
  private static func last(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return low
  }
}

extension AnalogySet {
  /// All quadruples. A prepared set has its own, reversed ones under ids that end in `_rev`, whatever `directions` says.
  public func quadruples(_ directions: AnalogyDirections = .forward) -> AnalogyQuadruples {
    AnalogyQuadruples(self, directions)
  }
}
