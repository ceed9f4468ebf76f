import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBTorch
import LoRWeBTraining

/// Which pictures a run learns from, and what looks at them.
struct PictureOptions: ParsableArguments {
  @Option(help: "The folder of pictures to learn from (docs/data.md).") var data: String?
  @Option(help: "relation252k, prepared or pairs; found out if left out.") var layout: AnalogySet.Layout?
  @Option(help: "A manifest of what is never trained on.") var holdout: String?
  @Flag(help: "Leave out pairs that can't be used, and list them.") var skipBadPairs = false
  @Option(help: "Where encoded pictures are kept, to be used by several runs; in the run's folder if left out.") var cache:
    String?
  @Option(help: "The image encoder's folder; the model folder's own if left out.") var encoder: String?

  func encoders(_ folder: ModelFolder, dtype: DType) throws -> ModelEncoders {
    try ModelEncoders(folder, images: encoder.map { URL(filePath: $0) }, dtype: dtype)
  }

  /// Refuses a run's folder or a cache inside the pictures' folder, whether that is said or in the authors' YAML.
  func checkApart(from run: URL, _ set: String?) throws {
    guard let set = data ?? set else { return }
    for place in [run] + [cache.map { URL(filePath: $0) }].compactMap(\.self) {
      try Folder.check(place, isApartFrom: URL(filePath: set))
    }
  }

  /// Opens a set's pictures for a run.
  func open(
    _ path: String, _ config: TrainingConfig, _ encoders: ModelEncoders, cache place: URL, _ console: Console
  ) throws -> PictureData {
    console.progress("reading \(path)", fraction: 0)
    var set = try AnalogySet(contentsOf: URL(filePath: path), layout: layout, skippingBadPairs: skipBadPairs)
    for finding in set.findings { console.warn("left out: \(finding.sentence)") }
    if let first = set.unused.first {
      console.warn("\(set.unused.count) pictures in \(path) are not used, first \(first); lorweb data check lists them.")
    }
    var heldOut: AnalogySet?
    if let holdout {
      let parts = try set.split(by: HoldoutManifest(contentsOf: URL(filePath: holdout)))
      (set, heldOut) = (parts.training, parts.heldOut)
    }
    for warning in try CaptionCheck.warnings(on: set, config.data.directions, encoders: encoders) { console.warn(warning) }
    let cache = try FeatureCache(cache.map { URL(filePath: $0) } ?? place)
    for file in cache.passedOver { console.warn("\(file)") }
    return try PictureData(set, heldOut: heldOut, config: config, encoders: encoders, cache: cache)
  }
}
