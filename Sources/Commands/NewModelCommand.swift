import ArgumentParser
import Foundation
import LoRWeB

struct NewModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new-model", abstract: "Makes a model folder of random weights, to try things with or to train from.",
    discussion: "Presets: kontext-dev (FLUX.1-Kontext-dev's sizes, about 36 GB), mini (the embedded model's), tiny (for tests)."
  )

  @Argument(help: "The folder to make; it must not be there yet.") var folder: String
  @Option(help: "kontext-dev, mini or tiny.") var preset: String
  @Option(help: "Number of the random weights.") var seed: UInt64 = 0
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func run() async throws {
    let maker = ModelMaker(try ModelPreset(named: preset), seed: seed)
    let url = URL(filePath: folder)
    let console = Console(quiet: quiet)
    try await interruptible {
      defer { console.clear() }
      try maker.write(to: url) { part, fraction in console.progress("writing \(part)", fraction: fraction) }
    }
    print(folder)
  }
}
