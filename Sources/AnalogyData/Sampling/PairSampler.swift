import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// One quadruple as it is trained on this time.
public struct AnalogySample: Hashable, Sendable {
  public let quadruple: AnalogyQuadruple
  /// Cleaned, or empty where it was dropped this time.
  public let caption: String
  public let canvas: PictureSize
}

/// Hands out batches of quadruples, for ever, in an order that a seed fixes; captions are dropped anew at every access.
///
/// All randomness is a function of seed and position, so a position is enough to go on exactly.
public struct PairSampler: Sendable {
  /// How often each task is drawn.
  public enum TaskShares: String, NamedChoice {
    /// As often as it has analogies: the published training.
    case byAnalogies
    case evenly
  }

  /// What is drawn, and how.
  public struct Settings: Codable, Hashable, Sendable {
    public var batchSize = 6
    /// The share of captions that are replaced by the empty one.
    public var captionDropout = 0.05
    public var directions = AnalogyDirections.forward
    public var tasks = TaskShares.byAnalogies
    public var seed: UInt64 = 0

    /// The published training's: 6 a batch, 5 % of captions dropped, forward only.
    public init(
      batchSize: Int = 6, captionDropout: Double = 0.05, directions: AnalogyDirections = .forward,
      tasks: TaskShares = .byAnalogies, seed: UInt64 = 0
    ) {
      (self.batchSize, self.captionDropout) = (batchSize, captionDropout)
      (self.directions, self.tasks, self.seed) = (directions, tasks, seed)
    }

    /// What a fingerprint holds of them, however tasks are shared.
    var facts: [String] { ["\(batchSize)", "\(captionDropout)", "\(directions)", "\(seed)"] }
  }

  /// The place before the next batch, to be kept in a checkpoint.
  public struct Position: Codable, Hashable, Sendable {
    /// Epochs that are done, and batches of this one.
    public var epoch, batch: Int
    /// What the data and settings were, as a digest.
    public let fingerprint: String
  }

  public let settings: Settings
  public let quadruples: AnalogyQuadruples
  public private(set) var position: Position
  /// More epochs no run has; a position that claims them is damaged.
  private static let lastEpoch = Int(Int32.max)
  private let epochs: any EpochPlanning
  private var batches: [SampledBatch]

  /// A sampler at its beginning.
  /// - Parameter rule: how canvases are laid out; it decides what may be in one batch.
  /// - Throws: `AnalogySetError.badSampling`; `.noAnalogies` for a set without any; `.tooManyToList`; `.noCanvas` for a quadruple
  ///   that no canvas can be made of.
  public init(_ set: AnalogySet, rule: TrainingCanvas.Rule, settings: Settings = Settings()) throws {
    guard (1...65536).contains(settings.batchSize) else {
      throw AnalogySetError.badSampling(setting: "batch size", expected: "1 to 65536", found: "\(settings.batchSize)")
    }
    guard (0...1).contains(settings.captionDropout) else {
      throw AnalogySetError.badSampling(setting: "caption dropout", expected: "0 to 1", found: "\(settings.captionDropout)")
    }
    let quadruples = set.quadruples(settings.directions)
    guard !quadruples.isEmpty else { throw AnalogySetError.noAnalogies(folder: set.root.path(percentEncoded: false)) }
    self.settings = settings
    self.quadruples = quadruples
    epochs =
      switch settings.tasks {
      case .byAnalogies: try ListedEpochs(quadruples, rule: rule, settings: settings)
      case .evenly: try EvenEpochs(set, quadruples, rule: rule, settings: settings)
      }
    position = Position(epoch: 0, batch: 0, fingerprint: epochs.fingerprint.hex)
    batches = try epochs.batches(0)
  }

  public var batchesPerEpoch: Int { batches.count }

  /// The next batch, all of one canvas size.
  /// - Throws: `AnalogySetError.noCanvas`.
  public mutating func next() throws -> [AnalogySample] {
    let batch = batches[position.batch]
    let samples = batch.members.enumerated().map { slot, member in sample(member, slot: slot, canvas: batch.canvas) }
    position.batch += 1
    if position.batch == batches.count {
      (position.epoch, position.batch) = (position.epoch + 1, 0)
      batches = try epochs.batches(position.epoch)
    }
    return samples
  }

  /// Goes to a position that was saved.
  /// - Throws: `AnalogySetError.foreignPosition` if it was saved for other data or settings.
  public mutating func resume(at position: Position) throws {
    guard position.fingerprint == self.position.fingerprint else {
      throw AnalogySetError.foreignPosition(
        reason: "it was saved for other pairs, canvases or settings of the sampler; resume with the set as it was")
    }
    guard (0...Self.lastEpoch).contains(position.epoch) else {
      throw AnalogySetError.foreignPosition(reason: "no run has \(position.epoch) epochs")
    }
    let batches = try epochs.batches(position.epoch)
    guard batches.indices.contains(position.batch) else {
      throw AnalogySetError.foreignPosition(
        reason: "batch \(position.batch) of epoch \(position.epoch) is none of its \(batches.count) batches")
    }
    (self.position, self.batches) = (position, batches)
  }

  /// The quadruples of the next `count` batches, each once, in the order of their first use: what has to be cached for a run.
  /// - Throws: `AnalogySetError.noCanvas`.
  public func upcoming(_ count: Int) throws -> [AnalogyQuadruple] {
    var (ahead, seen, result) = (self, Set<String>(), [AnalogyQuadruple]())
    for _ in 0..<max(count, 0) where seen.count < quadruples.count {
      for sample in try ahead.next() where seen.insert(sample.quadruple.id).inserted { result.append(sample.quadruple) }
    }
    return result
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

/// What an instruction becomes on its way to the text encoders.
public enum AnalogyCaption {
  /// The instruction split at its commas, each part without white space round it, joined with ", "; as the published training.
  public static func cleaned(_ instruction: String) -> String {
    instruction.split(separator: ",", omittingEmptySubsequences: false).map { part in
      String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }.joined(separator: ", ")
  }
}

/// Quadruples that are trained on together: places among all of the set's, all of one canvas size.
struct SampledBatch: Sendable {
  let canvas: PictureSize
  let members: [Int]
}

/// A way to draw from a set without an end: epoch by epoch, each a function of its number.
protocol EpochPlanning: Sendable {
  /// What tells this way and its data from others.
  var fingerprint: ContentDigest { get }
  /// An epoch's batches in the order in which they are trained on.
  func batches(_ epoch: Int) throws -> [SampledBatch]
}

extension Dictionary where Key == PictureSize {
  /// What belongs to each canvas size, the narrowest first and of equally wide ones the lowest.
  var bySize: [Element] { sorted { ($0.key.width, $0.key.height) < ($1.key.width, $1.key.height) } }
}
