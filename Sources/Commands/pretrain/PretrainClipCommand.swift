import ArgumentParser
import Foundation
import LoRWeBTraining

struct PretrainClipCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip", abstract: "Trains a model folder's image encoder and CLIP text encoder on analogies.",
    discussion: """
      They learn to see which change leads from one picture to the other. The run's folder gets checkpoints, metrics.jsonl and, \
      at the end, model/: the folder of --from with the new encoders in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [URL]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: URL

  func run() async throws { try await options.train(.clip(data: data, validation: validation), on: data + [validation]) }
}
