import ArgumentParser
import Foundation
import LoRWeBTraining

struct PretrainBaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "base", abstract: "Trains a model folder's transformer and T5 to edit by instruction.",
    discussion: """
      Autoencoder and CLIP text encoder are used as they are. The run's folder gets latents, checkpoints, metrics.jsonl and, at \
      the end, model/: the folder of --from with the new transformer and T5 in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [URL]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: URL
  @Option(help: "Where encoded pictures are kept for other runs; the run's folder if left out.") var cache: URL?

  func run() async throws {
    try await options.train(.base(data: data, validation: validation, cache: cache), on: data + [validation], cache: cache)
  }
}
