import ArgumentParser
import Foundation
import LoRWeBAnalogyData
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

  /// The pictures of that folder, as these options say.
  func source(_ folder: String) -> TrainingSet {
    var source = TrainingSet(URL(filePath: folder))
    (source.layout, source.skipsBadPairs) = (layout, skipBadPairs)
    (source.holdout, source.cache) = (holdout.map { URL(filePath: $0) }, cache.map { URL(filePath: $0) })
    return source
  }
}
