/// Which of a task's analogies are used.
public enum AnalogyDirections: String, Codable, CaseIterable, Sendable {
  /// Every unordered pair of pairs i < j once, (a, a′) = pair i, (b, b′) = pair j: the published training.
  case forward
  /// These, and each of them once more with before and after swapped.
  case both
}

/// All quadruples of a set, made when they are asked for: 208 tasks of 77 pairs already have 600,000.
public struct AnalogyQuadruples: RandomAccessCollection, Sendable {
  /// Where a quadruple comes from: places in the set's lists, in 16 bytes.
  private struct Place {
    /// Of the task; −1 for a prepared quadruple, whose place `first` is.
    let task: Int32
    let first: Int32
    let second: Int32
    let isReversed: Bool
  }

  private let set: AnalogySet
  private let places: [Place]

  init(_ set: AnalogySet, _ directions: AnalogyDirections) {
    self.set = set
    var places = set.prepared.indices.map { Place(task: -1, first: Int32($0), second: 0, isReversed: false) }
    for (task, pairs) in set.tasks.map(\.pairs).enumerated() {
      for first in pairs.indices {
        for second in pairs.indices.dropFirst(first + 1) {
          for isReversed in directions == .both ? [false, true] : [false] {
            places.append(Place(task: Int32(task), first: Int32(first), second: Int32(second), isReversed: isReversed))
          }
        }
      }
    }
    self.places = places
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { places.count }

  public subscript(index: Int) -> AnalogyQuadruple {
    let place = places[index]
    if place.task < 0 { return set.prepared[Int(place.first)] }
    let task = set.tasks[Int(place.task)]
    return AnalogyQuadruple(
      task: task.name, example: task.pairs[Int(place.first)], query: task.pairs[Int(place.second)], reversed: place.isReversed)
  }
}

extension AnalogySet {
  /// All quadruples. A prepared set has its own, reversed ones under ids that end in `_rev`, whatever `directions` says.
  public func quadruples(_ directions: AnalogyDirections = .forward) -> AnalogyQuadruples {
    AnalogyQuadruples(self, directions)
  }
}
