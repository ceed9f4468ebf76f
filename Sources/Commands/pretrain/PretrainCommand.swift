import ArgumentParser

struct PretrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain", abstract: "Trains a model's own parts, before any basis.",
    subcommands: [PretrainAutoencoderCommand.self, PretrainClipCommand.self, PretrainBaseCommand.self])
}
