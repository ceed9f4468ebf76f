import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBTorch
import LoRWeBTraining

struct PretrainBaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "base", abstract: "Trains a model folder's transformer and T5 to edit by instruction.",
    discussion: """
      Autoencoder and CLIP text encoder are used as they are. The run's folder gets latents, checkpoints, metrics.jsonl and, at \
      the end, model/: the folder of --from with the new transformer and T5 in it. Settings and figures: docs/pretrain.md.
      """)

  @OptionGroup var options: PretrainOptions
  @Option(help: "A folder of analogies to learn from (docs/data.md); repeatable.") var data: [String]
  @Option(help: "A folder of analogies on other pictures, to measure on.") var validation: String
  @Option(help: "Where encoded pictures are kept for other runs; the run's folder if left out.") var cache: String?

  func run() throws {
    try stoppable(train)
  }

  private func train(until stop: StopRequest) throws {
    try options.checkApart(from: data + [validation], cache: cache)
    let session = try PretrainSession(options, defaults: .base)
    let sets = try [data, [validation]].map { try AnalogySet(joining: $0.map { URL(filePath: $0) }) }
    let shelf = try shelf(sets[0], data.joined(separator: ", "), session)
    let heldOut = try self.shelf(sets[1], validation, session)
    let model = try InstructedModel(
      session.origin, start: session.config.base.start, dtype: .bfloat16, seed: session.config.seed)
    let stage = PretrainingStage.base(model, shelf: shelf, validation: heldOut, config: session.config)
    let sizes = "\(shelf.quadruples.count) analogies, \(heldOut.quadruples.count) to measure on"
    try session.train(stage, sizes: sizes, until: stop) { place in
      try PretrainedFolder(from: session.origin).write(model, to: place)
    }
  }

  private func shelf(_ set: AnalogySet, _ name: String, _ session: PretrainSession) throws -> LatentShelf {
    defer { session.console.clear() }
    let side = session.origin.usage.tile ?? ModelFolder.Usage.defaults.tile
    let cache = try FeatureCache(cache.map { URL(filePath: $0) } ?? session.folder.url.appending(path: "features"))
    for file in cache.passedOver { session.console.warn("\(file)") }
    return try LatentShelf(set, of: session.origin, side: side, in: cache) {
      session.console.progress("\(name) through the autoencoder: \($0) of \($1)", fraction: Double($0) / Double($1))
    }
  }
}
