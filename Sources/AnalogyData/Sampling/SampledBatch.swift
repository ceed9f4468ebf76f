import LoRWeBCheckpoints
import LoRWeBPictures

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
