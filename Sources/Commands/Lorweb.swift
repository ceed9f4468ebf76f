import ArgumentParser
import LoRWeBTorch

/// The command-line tool.
@main
struct Lorweb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lorweb",
    abstract: "Edits pictures by analogy: show a change, a to a', and get it done to b.",
    version: "0.1.0 (libtorch \(torchVersion))",
    subcommands: [
      EditCommand.self, InspectCommand.self, DoctorCommand.self, NewModelCommand.self, SheetCommand.self,
      DataCommand.self, TrainCommand.self, PretrainCommand.self,
      EvaluateCommand.self,
    ])
}
