import ArgumentParser
import LoRWeB
import LoRWeBTorch

@main
struct Lorweb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lorweb",
    abstract: "Edits pictures by analogy: show a change, a to a', and get it done to b.",
    version: "\(lorwebVersion) (libtorch \(torchVersion))",
    subcommands: [
      EditCommand.self, InspectCommand.self, DoctorCommand.self, NewModelCommand.self, SheetCommand.self, DataCommand.self,
      TrainCommand.self, PretrainCommand.self, EvaluateCommand.self, ConvertCommand.self,
    ])

  static func main() async {
    do {
      let arguments = try Arguments.given()
      do {
        var command = try parseAsRoot(arguments.words)
        if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
      } catch {
        throw OptionNamed.added(to: arguments.explained(error, message: message(for: error)))
      }
    } catch {
      exit(withError: error)
    }
  }
}

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Looks after the pictures that a basis learns from.",
    subcommands: [
      DataCheckCommand.self, DataMaterialCommand.self, DataSynthesizeCommand.self, DataSheetCommand.self, DataSuiteCommand.self,
      DataPaintCommand.self,
    ])
}
