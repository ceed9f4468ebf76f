import ArgumentParser
import Foundation
import LoRWeBEvaluation
import LoRWeBTraining

struct PretrainAutoencoderCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autoencoder", abstract: "Trains a model folder's autoencoder on photos.",
    discussion: """
      The run's folder gets checkpoints, metrics.jsonl and, at the end, model/: the folder of --from with the new autoencoder in \
      it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of pictures to learn from; repeatable, folders are drawn from equally often.")
  var pictures: [URL] = []
  @Option(help: "A folder of photos to measure on.") var validation: URL?
  @Option(help: "A folder of lorweb data material: its training photos to learn from, its test photos to measure on.")
  var material: URL?

  func validate() throws {
    guard material != nil || (!pictures.isEmpty && validation != nil) else {
      throw ValidationError("Say --material, or --pictures and --validation.")
    }
  }

  func run() async throws {
    try await options.train(
      .autoencoder(
        pictures: pictures, validation: [validation].compactMap(\.self), material: material,
        metric: { try MetricModels.perceptual(device: $0) }),
      on: pictures + [validation, material])
  }
}
