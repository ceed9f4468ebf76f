import Foundation
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeBAnalogyData

@Suite("Sampling evenly over tasks")
struct EvenSamplingTests {
  private let square = TrainingCanvas.Rule.plan(.fixedSquare(tile: 16), token: 16)

  /// Tasks without files: the sampler looks at sizes alone.
  private func set(_ counts: [Int], sizes: [PictureSize] = [PictureSize(width: 64, height: 64)]) -> AnalogySet {
    let sources = sizes.map { PictureSource(url: URL(filePath: "/nowhere"), size: $0) }
    let tasks = counts.enumerated().map { task, count in
      AnalogyTask(
        name: "task\(task)",
        pairs: (0..<count).map { pair in
          let source = sources[pair % sources.count]
          return AnalogyPair(id: "task\(task)/\(pair)", before: source, after: source)
        })
    }
    return AnalogySet(root: URL(filePath: "/"), layout: .pairs, tasks: tasks)
  }

  private func drawn(_ sampler: inout PairSampler, batches: Int) throws -> [AnalogySample] {
    try (0..<batches).flatMap { _ in try sampler.next() }
  }

  @Test("Every stretch draws each task equally often, and a task's analogies each once before any again")
  func even() throws {
    var sampler = try PairSampler(set([3, 40, 9]), rule: square, settings: .init(batchSize: 4, tasks: .evenly))
    for _ in 0..<600 {
      let tasks = Dictionary(grouping: try drawn(&sampler, batches: 3), by: \.quadruple.task)
      #expect(tasks.mapValues(\.count) == ["task0": 4, "task1": 4, "task2": 4])
    }
    var again = try PairSampler(set([3, 40, 9]), rule: square, settings: .init(batchSize: 3, tasks: .evenly))
    let samples = try drawn(&again, batches: 780)
    for (task, count) in [("task0", 3), ("task1", 780), ("task2", 36)] {
      let ids = samples.map(\.quadruple).filter { $0.task == task }.map(\.id)
      for start in stride(from: 0, through: ids.count - count, by: count) {
        #expect(Set(ids[start..<start + count]).count == count)
      }
    }
  }

  @Test("Batches have one canvas size, and an epoch is even whatever the sizes are")
  func canvases() throws {
    let sizes = [PictureSize(width: 64, height: 64), PictureSize(width: 128, height: 64), PictureSize(width: 64, height: 128)]
    var sampler = try PairSampler(set([4, 30], sizes: sizes), rule: .published, settings: .init(batchSize: 5, tasks: .evenly))
    for _ in 0..<3 {
      var counts: [String: Int] = [:]
      for _ in 0..<sampler.batchesPerEpoch {
        let batch = try sampler.next()
        #expect(Set(batch.map(\.canvas)).count == 1 && (1...5).contains(batch.count))
        for sample in batch { counts[sample.quadruple.task, default: 0] += 1 }
      }
      #expect(counts == ["task0": 435, "task1": 435])
    }
  }

  @Test("A prepared set's tasks are those its quadruples name")
  func prepared() throws {
    let set = try AnalogySet(contentsOf: SetFixtures.prepared)
    var sampler = try PairSampler(set, rule: square, settings: .init(batchSize: 2, tasks: .evenly))
    let counts = Dictionary(grouping: try drawn(&sampler, batches: 60), by: \.quadruple.task).mapValues(\.count)
    #expect(counts.count == Set(set.prepared.map(\.task)).count && Set(counts.values).count == 1, "\(counts)")
  }

  @Test("170 tasks of 1,000 pairs, 85 million analogies, are drawn from without a list of them")
  func many() throws {
    let set = set([Int](repeating: 1000, count: 170))
    #expect(set.quadruples().count == 84_915_000)
    var sampler = try PairSampler(set, rule: square, settings: .init(batchSize: 170, tasks: .evenly))
    #expect(sampler.batchesPerEpoch == EvenEpochs.mostRounds)
    #expect(try Set(sampler.next().map(\.quadruple.task)).count == 170)
  }

  @Test("A pair that no canvas can be made of is refused before anything is drawn")
  func refused() throws {
    let set = set([3, 4], sizes: [PictureSize(width: 64, height: 64), PictureSize(width: 8, height: 8)])
    #expect(throws: AnalogySetError.self) { try PairSampler(set, rule: .published, settings: .init(tasks: .evenly)) }
  }

  @Test("A seeded order has every number once, and another seed is another order")
  func orders() {
    for count in Array(1...70) + [1000] {
      let orders = (0..<2 as Range<UInt64>).map { seed in
        let order = SeededOrder(count: count, numbers: SeededNumbers(seed: seed))
        return (0..<count).map { order[$0] }
      }
      #expect(orders.allSatisfy { $0.sorted() == Array(0..<count) })
      if count > 20 { #expect(orders[0] != orders[1]) }
    }
  }
}
