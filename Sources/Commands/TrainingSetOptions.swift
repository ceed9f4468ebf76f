import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBFiles
import LoRWeBTraining

/// Which pictures a basis learns from, and what looks at them.
struct TrainingSetOptions: ParsableArguments {
  @Option(help: "The folder of pictures to learn from (docs/data.md).") var data: String?
  @Option(help: "relation252k, prepared or pairs; found out if left out.") var layout: AnalogySet.Layout?
  @Option(help: "A manifest of what is never trained on.") var holdout: String?
  @Flag(help: "Leave out pairs that can't be used, and list them.") var skipBadPairs = false
  @Option(help: "Where encoded pictures are kept, to be used by several runs; in the run's folder if left out.") var cache:
    String?
  @Option(help: "The image encoder's folder; the model folder's own if left out.") var encoder: String?

  /// Refuses a run's folder or a cache inside the pictures' folder, whether that is said or in the authors' YAML.
  func checkApart(_ run: URL, from folder: String) throws {
    for place in [run] + [cache.map { URL(filePath: $0) }].compactMap(\.self) {
      try Folder.check(place, isApartFrom: URL(filePath: folder))
    }
  }

  /// The pictures of that folder, as these options say.
  func source(_ folder: String) -> TrainingSet {
    var source = TrainingSet(URL(filePath: folder))
    (source.layout, source.skipsBadPairs) = (layout, skipBadPairs)
    (source.holdout, source.cache) = (holdout.map { URL(filePath: $0) }, cache.map { URL(filePath: $0) })
    return source
  }
}
