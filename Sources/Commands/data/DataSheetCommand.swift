import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures

struct DataSheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Draws one analogy of each procedural task with its id and name, to be looked at.")

  @OptionGroup var choice: ProceduralOptions
  @Option(name: [.short, .customLong("out")], help: "Where the sheet goes: .png, .jpg or .webp.") var output: String
  @Option(help: "Tasks in a row.") var columns = 4
  @Option(help: "Quality of a .jpg or .webp, 1 to 100.") var quality = 90

  func validate() throws {
    try require("--quality", quality, in: 1...100)
    try require("--columns", columns, in: 1...64)
  }

  func run() throws {
    let synthesis = try Synthesis(
      choice.chosen(), material: Material(folder: choice.material), part: choice.part, side: choice.size, seed: choice.seed,
      theta: choice.theta)
    try synthesis.sheet(columns: columns).write(to: URL(filePath: output), PictureWriting(quality: quality))
    print(output)
  }
}
