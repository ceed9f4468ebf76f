import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBFiles

struct DataSynthesizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize", abstract: "Renders analogies of known changes: a, a', b, b' with instructions.",
    discussion: """
      The folder is one that lorweb train reads. The same seed, material and settings give the same pictures on any number of \
      cores. Material comes from lorweb data material (docs/data.md).
      """)

  @OptionGroup var choice: ProceduralOptions
  @Option(help: "How many analogies; tasks take turns.") var count: Int
  @Option(name: [.short, .customLong("out")], help: "The folder to be made.") var output: URL
  @Flag(help: "Print JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws { try require("--count", count, in: 1...10_000_000) }

  func run() async throws { try await interruptible { [self] in try synthesize() } }

  private func synthesize() throws {
    let console = Console(quiet: quiet)
    try Folder.check(output, isApartFrom: choice.material)
    let synthesis = try Synthesis(
      choice.chosen(), material: Material(folder: choice.material), part: choice.part, side: choice.size, seed: choice.seed,
      theta: choice.theta)
    let report = try synthesis.write(count: count, to: output) { done, pace in
      try Task.checkCancellation()
      console.progress("\(done) of \(count), \(String(format: "%.1f/s", pace))", fraction: Double(done) / Double(count))
    }
    console.clear()
    print(json ? try report.readableText() : report.text)
  }
}

/// Which procedural tasks, of which material.
struct ProceduralOptions: ParsableArguments {
  @Option(help: "all, train, U0 to U5, or ids and names with commas between, such as A1,B2,A1.K1.") var tasks = "train"
  @Option(help: "A folder that lorweb data material made.") var material: URL
  @Option(help: "train or test: whose photos and cut-outs are used.") var part = Material.Part.train
  @Option(help: "Side of each picture in pixels, a multiple of 8.") var size = 128
  @Option(help: "Everything random follows from it.") var seed: UInt64 = 0

  func validate() throws { try Self.check(size: size) }

  static func check(size: Int) throws {
    guard (32...1024).contains(size), size.isMultiple(of: 8) else {
      throw ValidationError("--size must be a multiple of 8 from 32 to 1024, found \(size).")
    }
  }

  /// Suite U5 is of values that training never sees.
  var theta: ThetaRange { TaskSuite(rawValue: tasks.uppercased())?.theta ?? .trained }

  func chosen() throws -> [ProceduralTask] { try TaskCatalogue.standard.tasks(named: tasks) }
}

extension Material.Part: ExpressibleByArgument {}
