import LoRWeBCheckpoints
import LoRWeBPictures
import LoRWeBTorch

/// The published training's epochs: every quadruple once, so a task counts as much as it has analogies.
///
/// Quadruples are shuffled and made into batches of one canvas size once; every epoch shuffles the order of the batches, and the
/// last, smaller batch of each size is kept.
struct ListedEpochs: EpochPlanning {
  /// More quadruples than that are not listed.
  static let most = Int(Int32.max)

  let fingerprint: ContentDigest
  private let seed: UInt64
  private let batches: [(canvas: PictureSize, members: [Int32])]

  /// - Throws: `AnalogySetError.tooManyToList`; `.noCanvas` for a quadruple that no canvas can be made of.
  init(_ quadruples: AnalogyQuadruples, rule: TrainingCanvas.Rule, settings: PairSampler.Settings) throws {
    guard quadruples.count <= Self.most else { throw AnalogySetError.tooManyToList(found: quadruples.count, most: Self.most) }
    var buckets: [PictureSize: [Int32]] = [:]
    var facts = GrowingDigest()
    for fact in settings.facts { facts.add(fact) }
    for (index, quadruple) in quadruples.enumerated() {
      let canvas = try rule.canvas(of: quadruple)
      buckets[canvas, default: []].append(Int32(index))
      facts.add("\(quadruple.id) \(canvas)")
    }
    (fingerprint, seed) = (facts.digest(), settings.seed)
    batches = buckets.bySize.flatMap { canvas, members in
      var numbers = SeededNumbers(seed: settings.seed, stream: [0, UInt64(canvas.width), UInt64(canvas.height)])
      let shuffled = numbers.shuffled(members)
      return stride(from: 0, to: shuffled.count, by: settings.batchSize).map {
        (canvas, Array(shuffled[$0..<min($0 + settings.batchSize, shuffled.count)]))
      }
    }
  }

  func batches(_ epoch: Int) -> [SampledBatch] {
    var numbers = SeededNumbers(seed: seed, stream: [1, UInt64(epoch)])
    return numbers.shuffled(Array(batches.indices)).map {
      SampledBatch(canvas: batches[$0].canvas, members: batches[$0].members.map(Int.init))
    }
  }
}
