import ArgumentParser
import Foundation
import LoRWeBPictures

struct SheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Lays pictures out side by side, four a row: a, a', b, b'.")

  @Option(name: .shortAndLong, help: "Where the sheet goes: .png, .jpg or .webp.") var output: String
  @Option(help: "Height of a row in pixels.") var height = 256
  @Option(help: "Pictures a row.") var columns = 4
  @Argument(help: "The pictures, row by row.") var pictures: [String]

  func validate() throws {
    try require("--columns", columns, in: 1...64)
    guard pictures.count.isMultiple(of: columns), !pictures.isEmpty else {
      throw ValidationError("The number of pictures, \(pictures.count), must be a multiple of --columns \(columns).")
    }
    try require("--height", height, in: 16...2048)
  }

  func run() throws {
    let sheet = ContactSheet(rowHeight: height)
    let console = Console(quiet: false)
    // One large picture at a time is in memory, and of the others what stands on the sheet.
    let small = try pictures.map { path in
      let file = try PictureFile(contentsOf: URL(filePath: path), named: path)
      return try sheet.scaled(file.picture { console.warn("\($0)") })
    }
    let rows = stride(from: 0, to: small.count, by: columns).map { Array(small[$0..<$0 + columns]) }
    try sheet.picture(rows: rows).write(to: URL(filePath: output))
    print(output)
  }
}
