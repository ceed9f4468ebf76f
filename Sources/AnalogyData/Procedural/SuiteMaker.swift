import LoRWeBPictures
import LoRWeBTorch

/// Makes the items of a test suite: quadruples of the test part's photos and cut-outs, each with what seven other tasks make of
/// the same b, which its own b′ has to be told from.
///
/// An item is a function of the material, the side, the seed, its task and its number, so that more items leave the first ones
/// as they are.
public struct SuiteMaker: Sendable {
  public struct Item: Equatable, Sendable {
    public let quadruple: ProceduralQuadruple
    public let family: String
    /// Counted from 0 within the task.
    public let number: Int
    /// What other tasks make of b, which is `before` in each of them; all differ.
    public let others: [ProceduralPair]
  }

  /// How many other tasks an item is told from: a guess is right in an eighth.
  public static let others = 7
  /// Mean difference of two b′, over pixels and channels, above which they are told apart: what most tasks must change at least.
  static let visible: Float = 0.02

  /// What is asked, in the catalogue's order.
  public let tasks: [ProceduralTask]
  private let reserve: [ProceduralTask]
  private let maker: QuadrupleMaker
  private let seed: UInt64
  private let theta: ThetaRange

  /// - Parameter material: its test part is used.
  /// - Throws: `ProceduralError.badSide`.
  public init(_ suite: TaskSuite, material: Material, side: Int, seed: UInt64) throws {
    let catalogue = TaskCatalogue.standard
    try self.init(
      catalogue.tasks(in: suite), reserve: catalogue.tasks(in: .u0), material: material.part(.test), side: side, seed: seed,
      theta: suite.theta)
  }

  init(
    _ tasks: [ProceduralTask], reserve: [ProceduralTask], material: Material, side: Int, seed: UInt64, theta: ThetaRange
  ) throws {
    (self.tasks, self.reserve, self.seed, self.theta) = (tasks, reserve, seed, theta)
    maker = try QuadrupleMaker(material: material, side: side)
  }

  /// The item of a task and number.
  /// - Throws: `ProceduralError.thinMaterial`, `.noScene` or `.fewOthers`.
  public func item(_ task: ProceduralTask, number: Int) throws -> Item {
    try maker.trying(seed: seed, stream: [maker.catalogueOrder[task.id] ?? 0, UInt64(number)]) { numbers in
      let drawn = try maker.drawn(task, seed: numbers.next(), theta: theta)
      return try Item(quadruple: drawn.quadruple(), family: task.family, number: number, others: others(of: drawn, &numbers))
    }
  }

  /// One near task first, so that it isn't too easy: a part of a composition, else one of the own family, if any shows. Then tasks
  /// of the same suite by chance and, where those are too few, trained ones.
  private func others(of drawn: QuadrupleMaker.Drawn, _ numbers: inout SeededNumbers) throws -> [ProceduralPair] {
    let own = try drawn.b.after.picture()
    let (shot, need) = ground(of: drawn)
    var found: [ProceduralPair] = []
    func add(_ candidates: [ProceduralTask], upTo count: Int, _ numbers: inout SeededNumbers) throws {
      for task in candidates where found.count < count && !found.contains(where: { $0.task == task.id }) {
        guard let (theta, pair) = maker.rendered(task, on: shot, drawnFor: need, theta: theta, numbers: &numbers),
          pair.after.meanDifference(from: drawn.b.after) > Self.visible
        else { continue }
        let other = try ProceduralPair(task, theta, pair)
        if other.after != own, found.allSatisfy({ $0.after != other.after }) { found.append(other) }
      }
    }
    // An inverse task has no answer for a picture that it didn't degrade itself.
    let askable = { (tasks: [ProceduralTask]) in tasks.filter { $0.id != drawn.task.id && !$0.isInverse } }
    let (pool, more) = (numbers.shuffled(askable(tasks)), numbers.shuffled(askable(reserve)))
    let parts = drawn.task.id.split(separator: ".").map(String.init)
    try add(more.filter { parts.contains($0.id) }, upTo: 1, &numbers)
    try add((pool + more).filter { $0.family == drawn.task.family }, upTo: 1, &numbers)
    try add(pool, upTo: Self.others, &numbers)
    try add(more, upTo: Self.others, &numbers)
    guard found.count == Self.others else {
      throw ProceduralError.fewOthers(task: drawn.task.id, found: found.count, expected: Self.others)
    }
    return found
  }

  /// What the other tasks are done to: b's scene; of a restoration task its degraded picture, whose objects are no longer known.
  private func ground(of drawn: QuadrupleMaker.Drawn) -> (shot: Shot, need: ProceduralTask.Need) {
    guard drawn.task.isInverse else { return (drawn.b.shot, drawn.task.need) }
    return (Scene(background: drawn.b.before, objects: []).shot(seed: drawn.b.shot.seed), .pixels)
  }
}
