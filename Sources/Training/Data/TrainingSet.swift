import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBModels

/// Which pictures a run learns from, and what is kept of them.
public struct TrainingSet: Sendable {
  /// A folder of pictures (docs/data.md).
  public var folder: URL
  /// Found out if nil.
  public var layout: AnalogySet.Layout?
  /// A manifest of what is never trained on.
  public var holdout: URL?
  /// Whether pairs that can't be used are left out, instead of refused.
  public var skipsBadPairs = false
  /// Where encoded pictures are kept, to be used by several runs; in the run's folder if nil.
  public var cache: URL?

  public init(_ folder: URL) { self.folder = folder }

  /// Opens the pictures for a run; nothing is encoded yet. What will be is kept in `place` if there is no `cache`.
  func open(
    _ config: TrainingConfig, _ model: LoadedModel, else place: URL, _ tell: (PreparationNews) throws -> Void
  ) throws -> PictureData {
    let name = folder.path(percentEncoded: false)
    try tell(.progress("reading \(name)", done: 0, of: 1))
    var set = try AnalogySet(contentsOf: folder, layout: layout, skippingBadPairs: skipsBadPairs)
    for finding in set.findings { try tell(.warning("left out: \(finding.sentence)")) }
    if let first = set.unused.first {
      try tell(.warning("\(set.unused.count) pictures in \(name) are not used, first \(first); lorweb data check lists them."))
    }
    var heldOut: AnalogySet?
    if let holdout { (set, heldOut) = try set.split(by: HoldoutManifest(contentsOf: holdout)) }
    for warning in try CaptionCheck.warnings(on: set, config.data.directions, tokens: model.backbone.tokens) {
      try tell(.warning(warning))
    }
    let cache = try FeatureCache(cache ?? place)
    for file in cache.passedOver { try tell(.warning("\(file)")) }
    return try PictureData(set, heldOut: heldOut, config: config, model: model, cache: cache)
  }
}
