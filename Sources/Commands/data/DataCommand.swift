import ArgumentParser

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Looks after the pictures that a basis learns from.",
    subcommands: [
      DataCheckCommand.self, DataMaterialCommand.self, DataSynthesizeCommand.self, DataSheetCommand.self, DataSuiteCommand.self,
      DataPaintCommand.self,
    ])
}
