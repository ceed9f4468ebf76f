import Foundation
import LoRWeBPictures

/// One quadruple as it is trained on this time.
public struct AnalogySample: Hashable, Sendable {
  public let quadruple: AnalogyQuadruple
  /// Cleaned, or empty where it was dropped this time.
  public let caption: String
  /// Size of the training canvas.
  public let canvas: PictureSize
}

/// Hands out batches of quadruples, for ever, in an order that a seed fixes.
///
/// As the published training: quadruples are shuffled and made into batches of one canvas size once; every epoch shuffles the
/// order of the batches, and the last, smaller batch of each size is kept. Captions are dropped anew at every access.
/// All randomness is a function of seed and position, so a position is enough to go on exactly.
public struct PairSampler: Sendable {
  /// What is drawn, and how.
  public struct Settings: Codable, Hashable, Sendable {
    /// Quadruples a batch.
    public var batchSize = 6
    /// The share of captions that are replaced by the empty one.
    public var captionDropout = 0.05
    /// Which analogies of a task are used.
    public var directions = AnalogyDirections.forward
    /// What fixes every order and every drop.
    public var seed: UInt64 = 0

    /// The published training's: 6 a batch, 5 % of captions dropped, forward only.
    public init(batchSize: Int = 6, captionDropout: Double = 0.05, directions: AnalogyDirections = .forward, seed: UInt64 = 0) {
      (self.batchSize, self.captionDropout) = (batchSize, captionDropout)
      (self.directions, self.seed) = (directions, seed)
    }
  }

  /// The place before the next batch, to be kept in a checkpoint.
  public struct Position: Codable, Hashable, Sendable {
    /// Epochs that are done.
    public var epoch: Int
    /// Batches of this epoch that are done.
    public var batch: Int
    /// What the data and settings were, as a digest.
    public let fingerprint: String
  }

  /// What is drawn, and how.
  public let settings: Settings
  /// The quadruples that are drawn from.
  public let quadruples: AnalogyQuadruples
  /// Where the sampler is.
  public private(set) var position: Position
  /// More epochs no run has; a position that claims them is damaged.
  private static let lastEpoch = Int(Int32.max)
  private let batches: [(canvas: PictureSize, members: [Int32])]
  private var order: [Int]

  /// A sampler at its beginning.
  ///
  /// - Parameter rule: how canvases are laid out; it decides what may be in one batch.
  /// - Throws: `AnalogySetError.badSampling`; `.noAnalogies` for a set without any; `.noCanvas` for a quadruple that no canvas
  ///   can be made of.
  public init(_ set: AnalogySet, rule: TrainingCanvas.Rule, settings: Settings = Settings()) throws {
    guard (1...65536).contains(settings.batchSize) else {
      throw AnalogySetError.badSampling(setting: "batch size", expected: "1 to 65536", found: "\(settings.batchSize)")
    }
    guard (0...1).contains(settings.captionDropout) else {
      throw AnalogySetError.badSampling(setting: "caption dropout", expected: "0 to 1", found: "\(settings.captionDropout)")
    }
    let quadruples = set.quadruples(settings.directions)
    guard !quadruples.isEmpty else { throw AnalogySetError.noAnalogies(folder: set.root.path(percentEncoded: false)) }
    var buckets: [PictureSize: [Int32]] = [:]
    var facts = ["\(settings.batchSize)", "\(settings.captionDropout)", "\(settings.directions)", "\(settings.seed)"]
    for (index, quadruple) in quadruples.enumerated() {
      let canvas = try rule.canvas(of: quadruple)
      buckets[canvas, default: []].append(Int32(index))
      facts.append("\(quadruple.id) \(canvas)")
    }
    self.settings = settings
    self.quadruples = quadruples
    position = Position(epoch: 0, batch: 0, fingerprint: ContentDigest(of: facts).hex)
    batches = buckets.sorted { ($0.key.width, $0.key.height) < ($1.key.width, $1.key.height) }.flatMap { canvas, members in
      var numbers = SeededNumbers(seed: settings.seed, stream: [0, UInt64(canvas.width), UInt64(canvas.height)])
      let shuffled = numbers.shuffled(members)
      return stride(from: 0, to: shuffled.count, by: settings.batchSize).map {
        (canvas, Array(shuffled[$0..<min($0 + settings.batchSize, shuffled.count)]))
      }
    }
    order = []
    order = ordered(0)
  }

  /// Batches an epoch has.
  public var batchesPerEpoch: Int { batches.count }

  /// The next batch, all of one canvas size.
  public mutating func next() -> [AnalogySample] {
    let batch = batches[order[position.batch]]
    let samples = batch.members.enumerated().map { slot, member in sample(Int(member), slot: slot, canvas: batch.canvas) }
    position.batch += 1
    if position.batch == batches.count {
      (position.epoch, position.batch) = (position.epoch + 1, 0)
      order = ordered(position.epoch)
    }
    return samples
  }

  /// Goes to a position that was saved.
  ///
  /// - Throws: `AnalogySetError.foreignPosition` if it was saved for other data or settings.
  public mutating func resume(at position: Position) throws {
    guard position.fingerprint == self.position.fingerprint else {
      throw AnalogySetError.foreignPosition(
        reason: "it was saved for other pairs, canvases or settings of the sampler; resume with the set as it was")
    }
    guard (0...Self.lastEpoch).contains(position.epoch), batches.indices.contains(position.batch) else {
      throw AnalogySetError.foreignPosition(
        reason: "batch \(position.batch) of epoch \(position.epoch) is none of the \(batches.count) batches an epoch has")
    }
    self.position = position
    order = ordered(position.epoch)
  }

  /// The quadruples of the next `count` batches, each once, in the order of their first use: what has to be cached for a run.
  public func upcoming(_ count: Int) -> [AnalogyQuadruple] {
    var (ahead, seen, result) = (self, Set<String>(), [AnalogyQuadruple]())
    for _ in 0..<max(count, 0) where seen.count < quadruples.count {
      for sample in ahead.next() where seen.insert(sample.quadruple.id).inserted { result.append(sample.quadruple) }
    }
    return result
  }

  private func ordered(_ epoch: Int) -> [Int] {
    var numbers = SeededNumbers(seed: settings.seed, stream: [1, UInt64(epoch)])
    return numbers.shuffled(Array(batches.indices))
  }

  private func sample(_ member: Int, slot: Int, canvas: PictureSize) -> AnalogySample {
    let stream = [2, UInt64(position.epoch), UInt64(position.batch), UInt64(slot)]
    var numbers = SeededNumbers(seed: settings.seed, stream: stream)
    let quadruple = quadruples[member]
    let isDropped = numbers.unit() < settings.captionDropout
    return AnalogySample(
      quadruple: quadruple, caption: isDropped ? "" : AnalogyCaption.cleaned(quadruple.instruction), canvas: canvas)
  }
}
