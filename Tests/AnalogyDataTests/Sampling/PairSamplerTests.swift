import Foundation
import LoRWeBPictures
import Testing

@testable import LoRWeBAnalogyData

@Suite("Pair sampler")
struct PairSamplerTests {
  private let square = TrainingCanvas.Rule.plan(.fixedSquare(tile: 16), token: 16)

  /// Tasks without files: the sampler looks at sizes alone.
  private func set(_ counts: [Int], sizes: [PictureSize] = [PictureSize(width: 64, height: 64)]) -> AnalogySet {
    let root = FileManager.default.temporaryDirectory
    let tasks = counts.enumerated().map { task, count in
      AnalogyTask(
        name: "task\(task)",
        pairs: (0..<count).map { pair in
          let source = PictureSource(url: root.appending(path: "\(task)-\(pair)"), size: sizes[pair % sizes.count])
          return AnalogyPair(
            id: "task\(task)/\(pair)", before: source, after: source, instruction: "do ,  this ", reverseInstruction: "undo")
        })
    }
    return AnalogySet(root: root, layout: .pairs, tasks: tasks)
  }

  private func batches(_ sampler: inout PairSampler, _ count: Int) throws -> [[AnalogySample]] {
    try (0..<count).map { _ in try sampler.next() }
  }

  @Test("Quadruples are all unordered pairs i < j of a task, forward, or in both directions")
  func pairs() {
    let set = set([4, 2])
    let forward = Array(set.quadruples())
    #expect(forward.count == 6 + 1 && set.quadruples(.both).count == 14)
    #expect(forward.map(\.pairs).prefix(3) == [["task0/0", "task0/1"], ["task0/0", "task0/2"], ["task0/0", "task0/3"]])
    #expect(Set(set.quadruples(.both).map(\.id)).count == 14)
  }

  @Test("A quadruple is found by its number as in a list of them all", arguments: AnalogyDirections.allCases)
  func unlisted(directions: AnalogyDirections) {
    let set = set([5, 1, 2, 9, 0])
    var listed: [AnalogyQuadruple] = []
    for task in set.tasks {
      for (index, first) in task.pairs.enumerated() {
        for second in task.pairs.dropFirst(index + 1) {
          for reversed in directions == .both ? [false, true] : [false] {
            listed.append(AnalogyQuadruple(task: task.name, example: first, query: second, reversed: reversed))
          }
        }
      }
    }
    #expect(Array(set.quadruples(directions)) == listed)
  }

  @Test(
    "An epoch has every quadruple once, the last batch is smaller, and the next epoch has the same batches in another order")
  func epochs() throws {
    var sampler = try PairSampler(set([9]), rule: square, settings: .init(batchSize: 5, seed: 3))
    #expect(sampler.batchesPerEpoch == 8)
    let first = try batches(&sampler, 8).map { $0.map(\.quadruple.id) }
    #expect(first.map(\.count).sorted() == [1, 5, 5, 5, 5, 5, 5, 5])
    #expect(Set(first.joined()).count == 36)
    #expect(sampler.position.epoch == 1 && sampler.position.batch == 0)
    let second = try batches(&sampler, 8).map { $0.map(\.quadruple.id) }
    #expect(Set(first) == Set(second) && first != second)
  }

  @Test("The order is the seed's alone")
  func seeds() throws {
    var runs: [[[AnalogySample]]] = []
    for seed: UInt64 in [1, 1, 2] {
      var sampler = try PairSampler(set([6]), rule: square, settings: .init(batchSize: 4, captionDropout: 0.5, seed: seed))
      runs.append(try batches(&sampler, 12))
    }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
  }

  @Test("From any position saved as JSON the sampler goes on exactly", arguments: PairSampler.TaskShares.allCases)
  func resuming(tasks: PairSampler.TaskShares) throws {
    let set = set([5, 4], sizes: [PictureSize(width: 64, height: 64), PictureSize(width: 96, height: 64)])
    let rule = TrainingCanvas.Rule.plan(.aspect(area: 128 * 128), token: 16)
    let settings = PairSampler.Settings(batchSize: 3, captionDropout: 0.3, directions: .both, tasks: tasks, seed: 9)
    var whole = try PairSampler(set, rule: rule, settings: settings)
    var saved: [Data] = []
    var expected: [[AnalogySample]] = []
    for _ in 0..<3 * whole.batchesPerEpoch {
      saved.append(try JSONEncoder().encode(whole.position))
      expected.append(try whole.next())
    }
    for stop in stride(from: 0, to: saved.count, by: 5) {
      var other = try PairSampler(set, rule: rule, settings: settings)
      try other.resume(at: JSONDecoder().decode(PairSampler.Position.self, from: saved[stop]))
      #expect(try batches(&other, expected.count - stop) == Array(expected[stop...]))
    }
  }

  @Test("A position of other data or settings, or beyond the epoch, is refused")
  func foreignPositions() throws {
    var sampler = try PairSampler(set([5]), rule: square, settings: .init(batchSize: 2))
    for other in [
      try PairSampler(set([6]), rule: square, settings: .init(batchSize: 2)),
      try PairSampler(set([5]), rule: square, settings: .init(batchSize: 3)),
      try PairSampler(set([5]), rule: .published, settings: .init(batchSize: 2)),
      try PairSampler(set([5]), rule: square, settings: .init(batchSize: 2, tasks: .evenly)),
    ] {
      #expect(throws: AnalogySetError.self) { try sampler.resume(at: other.position) }
    }
    let json = try JSONEncoder().encode(sampler.position)
    for (field, value) in [("batch", 5), ("batch", -1), ("epoch", -1), ("epoch", Int.max)] {
      let beyond = String(decoding: json, as: UTF8.self).replacing("\"\(field)\":0", with: "\"\(field)\":\(value)")
      let position = try JSONDecoder().decode(PairSampler.Position.self, from: Data(beyond.utf8))
      #expect(throws: AnalogySetError.self) { try sampler.resume(at: position) }
    }
  }

  @Test("A batch has one canvas size, the bucket of b′")
  func buckets() throws {
    let sizes = [PictureSize(width: 64, height: 64), PictureSize(width: 128, height: 64)]
    var sampler = try PairSampler(set([6], sizes: sizes), rule: .published, settings: .init(batchSize: 4))
    var seen: Set<PictureSize> = []
    for batch in try batches(&sampler, sampler.batchesPerEpoch) {
      #expect(Set(batch.map(\.canvas)).count == 1)
      for sample in batch { #expect(try TrainingCanvas.Rule.published.canvas(of: sample.quadruple) == sample.canvas) }
      seen.insert(batch[0].canvas)
    }
    #expect(seen == [PictureSize(width: 64, height: 64), PictureSize(width: 112, height: 48)])
  }

  @Test("Captions are cleaned, and dropped at the rate asked for, anew in every epoch")
  func captions() throws {
    #expect(AnalogyCaption.cleaned(" make it ,night,  with stars , ") == "make it, night, with stars, ")
    #expect(AnalogyCaption.cleaned("").isEmpty)
    var sampler = try PairSampler(set([40]), rule: square, settings: .init(batchSize: 6, captionDropout: 0.25))
    let first = try batches(&sampler, sampler.batchesPerEpoch).joined()
    let second = try batches(&sampler, sampler.batchesPerEpoch).joined()
    let dropped = [first, second].map { Set($0.filter(\.caption.isEmpty).map(\.quadruple.id)) }
    // 780 draws at 0.25: three deviations are 36.
    #expect(dropped.allSatisfy { abs($0.count - 195) < 37 } && dropped[0] != dropped[1])
    #expect(Set(first.map(\.caption)) == ["", "do, this"])
    for (rate, expected) in [(0.0, "do, this"), (1, "")] {
      var all = try PairSampler(set([4]), rule: square, settings: .init(captionDropout: rate))
      #expect(try all.next().allSatisfy { $0.caption == expected })
    }
  }

  @Test("What the next batches need is each of their quadruples once, and asking doesn't move the sampler")
  func upcoming() throws {
    var sampler = try PairSampler(set([7]), rule: square, settings: .init(batchSize: 2))
    let position = sampler.position
    let needed = try sampler.upcoming(4).map(\.id)
    #expect(sampler.position == position)
    #expect(try needed == batches(&sampler, 4).joined().map(\.quadruple.id))
    #expect(try sampler.upcoming(1000).count == 21)
  }

  @Test("Settings out of range, a set without analogies and pictures without a canvas are refused")
  func refusals() throws {
    for settings in [PairSampler.Settings(batchSize: 0), .init(captionDropout: 1.5), .init(captionDropout: .nan)] {
      #expect(throws: AnalogySetError.self) { try PairSampler(set([3]), rule: square, settings: settings) }
    }
    #expect(throws: AnalogySetError.self) { try PairSampler(set([1]), rule: square) }
    let tiny = set([2], sizes: [PictureSize(width: 8, height: 8)])
    #expect(throws: AnalogySetError.self) { try PairSampler(tiny, rule: .published) }
  }
}
