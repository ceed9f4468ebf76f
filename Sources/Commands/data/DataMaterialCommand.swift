import ArgumentParser
import Foundation
import LoRWeBCheckpoints
import LoRWeBMaterial

struct DataMaterialCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "material", abstract: "Fetches photos and cut-outs that procedural analogies are made of.",
    discussion: """
      Debian packages (310 MB) are downloaded and unpacked, not installed; the pictures' licences stand in the folder's \
      manifest.json. What is taken from where: docs/data.md.
      """)

  @Option(name: [.short, .customLong("out")], help: "The folder to be made.") var output: URL
  @Option(help: "A folder of the packages' .deb files, instead of fetching them.") var packages: URL?
  @Flag(help: "Print JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func run() async throws { try await interruptible { [self] in try gather() } }

  private func gather() throws {
    let console = Console(quiet: quiet)
    let gathering = try MaterialGathering(output: output, packages: packages)
    let report = try gathering.run { progress in
      try Task.checkCancellation()
      // Fetching and unpacking are two thirds of the time, the pictures the rest.
      switch progress {
      case .fetching(let package, let fraction): console.progress("fetching \(package)", fraction: fraction * 2 / 3)
      case .unpacking(let package, let fraction): console.progress("unpacking \(package)", fraction: fraction * 2 / 3)
      case .pictures(let done, let all):
        console.progress("\(done) of \(all) pictures", fraction: 2 / 3 + Double(done) / Double(3 * max(1, all)))
      }
    }
    console.clear()
    print(json ? try report.readableText() : report.text)
  }
}
