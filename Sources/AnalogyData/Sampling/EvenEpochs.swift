import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTorch

/// Epochs in which every task is drawn equally often, whatever its number of analogies; no list of all analogies is made.
///
/// An epoch is rounds; a round draws one quadruple of every task, the tasks shuffled. A task's quadruples come in a shuffled
/// order, each once before any comes again. Batches of one canvas size come in the order in which they fill, so that not only
/// epochs but all stretches of them are even; what is left at the end of an epoch makes smaller batches.
struct EvenEpochs: EpochPlanning {
  /// Rounds of an epoch: as many as the largest task has analogies, yet no more than can well be listed.
  static let mostRounds = 1024

  let fingerprint: ContentDigest
  private let quadruples: AnalogyQuadruples
  private let tasks: [TaskPlaces]
  private let rule: TrainingCanvas.Rule
  private let settings: PairSampler.Settings

  /// - Throws: `AnalogySetError.noCanvas` for a pair that no canvas can be made of.
  init(_ set: AnalogySet, _ quadruples: AnalogyQuadruples, rule: TrainingCanvas.Rule, settings: PairSampler.Settings) throws {
    (self.quadruples, self.rule, self.settings) = (quadruples, rule, settings)
    tasks = TaskPlaces.all(of: set, among: quadruples)
    var facts = GrowingDigest()
    for fact in ["evenly"] + settings.facts + [try rule.text()] { facts.add(fact) }
    for quadruple in set.prepared { facts.add("\(quadruple.task) \(quadruple.id) \(try rule.canvas(of: quadruple))") }
    for task in set.tasks {
      for pair in task.pairs {
        for reversed in settings.directions == .both ? [false, true] : [false] {
          // What a canvas refuses it refuses of each picture alone, so a pair beside itself stands for all it is in.
          let alone = AnalogyQuadruple(task: task.name, example: pair, query: pair, reversed: reversed)
          facts.add("\(alone.id) \(try rule.canvas(of: alone))")
        }
      }
    }
    fingerprint = facts.digest()
  }

  func batches(_ epoch: Int) throws -> [SampledBatch] {
    var filling: [PictureSize: [Int]] = [:]
    var batches: [SampledBatch] = []
    let rounds = min(tasks.map(\.count).max() ?? 0, Self.mostRounds)
    for round in epoch * rounds..<(epoch + 1) * rounds {
      var numbers = SeededNumbers(seed: settings.seed, stream: [1, UInt64(round)])
      for task in numbers.shuffled(Array(tasks.indices)) {
        let member = tasks[task][drawn(round, task)]
        let canvas = try rule.canvas(of: quadruples[member])
        filling[canvas, default: []].append(member)
        guard let members = filling[canvas], members.count == settings.batchSize else { continue }
        batches.append(SampledBatch(canvas: canvas, members: members))
        filling[canvas] = nil
      }
    }
    return batches + filling.bySize.map { SampledBatch(canvas: $0, members: $1) }
  }

  /// Which of a task's quadruples a round draws.
  private func drawn(_ round: Int, _ task: Int) -> Int {
    let (cycle, place) = round.quotientAndRemainder(dividingBy: tasks[task].count)
    let numbers = SeededNumbers(seed: settings.seed, stream: [0, UInt64(task), UInt64(cycle)])
    return SeededOrder(count: tasks[task].count, numbers: numbers)[place]
  }
}

/// Where one task's quadruples are among all of a set's: a prepared set has them in any order, a set of pairs in a row.
private struct TaskPlaces: Sendable {
  private let listed: [Int]
  private let range: Range<Int>

  var count: Int { listed.count + range.count }

  subscript(place: Int) -> Int { place < listed.count ? listed[place] : range.lowerBound + place - listed.count }

  /// Every task that has any, prepared ones first, by name.
  static func all(of set: AnalogySet, among quadruples: AnalogyQuadruples) -> [TaskPlaces] {
    let prepared = Dictionary(grouping: set.prepared.indices) { set.prepared[$0].task }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { TaskPlaces(listed: $0.value, range: 0..<0) }
    let paired = set.tasks.indices.map { TaskPlaces(listed: [], range: quadruples.indices(ofTask: $0)) }
    return prepared + paired.filter { $0.count > 0 }
  }
}
