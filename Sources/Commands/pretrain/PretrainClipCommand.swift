import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBTorch
import LoRWeBTraining

struct PretrainClipCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clip", abstract: "Trains a model folder's image encoder and CLIP text encoder on analogies.",
    discussion: """
      They learn to see which change leads from one picture to the other. The run's folder gets checkpoints, metrics.jsonl and, \
      at the end, model/: the folder of --from with the new encoders in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [String]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: String

  func run() throws {
    try stoppable(train)
  }

  private func train(until stop: StopRequest) throws {
    try options.checkApart(from: data + [validation])
    let session = try PretrainSession(options, defaults: .clip)
    let sets = try [data, [validation]].map { try AnalogySet(joining: $0.map { URL(filePath: $0) }) }
    let towers = try CLIPTowers(session.origin, dtype: .bfloat16, seed: session.config.seed)
    let stage = try PretrainingStage.clip(towers, set: sets[0], validation: sets[1], config: session.config)
    let sizes = "\(sets[0].quadruples().count) analogies, \(sets[1].quadruples().count) to measure on"
    try session.train(stage, sizes: sizes, until: stop) { place in
      try PretrainedFolder(from: session.origin).write(towers, to: place)
    }
  }
}
