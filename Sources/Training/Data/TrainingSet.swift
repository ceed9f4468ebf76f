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

/// Counts the captions of a set that a model's text encoders don't see whole.
public enum CaptionCheck {
  /// A sentence for each text encoder that cuts captions or lacks their characters; none if all are seen as they are.
  /// - Parameters:
  ///   - directions: whether the captions of reversed analogies count too.
  ///   - tokens: a caption as each text encoder sees it.
  public static func warnings(
    on set: AnalogySet, _ directions: AnalogyDirections, tokens: (String) throws -> [TokenSequence]
  ) rethrows -> [String] {
    let pairs = set.tasks.flatMap(\.pairs)
    let said = pairs.map(\.instruction) + (directions == .both ? pairs.map(\.reverseInstruction) : [])
    let captions = Set((said + set.prepared.map(\.instruction)).map(AnalogyCaption.cleaned)).sorted()
    let seen = try captions.map { caption in
      try tokens(caption).map { (caption: caption, warnings: $0.warnings(on: "caption")) }
    }
    return (seen.first ?? []).indices.compactMap { encoder in
      let cut = seen.map { $0[encoder] }.filter { !$0.warnings.isEmpty }
      return cut.first.map { first in
        "\(cut.count) of the set's \(captions.count) different captions are not seen whole, first "
          + "\"\(first.caption.prefix(60))\": " + first.warnings.joined(separator: " ")
      }
    }
  }
}
