import ArgumentParser
import Foundation
import LoRWeBPictures

struct SheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet", abstract: "Lays pictures out side by side, four a row: a, a', b, b'.")

  @Option(name: .shortAndLong, help: "Where the sheet goes: .png, .jpg or .webp.")
  var output: String

  @Option(help: "Height of a row in pixels.") var height = 256
  @Option(help: "Pictures a row.") var columns = 4
  @Argument(help: "The pictures, row by row.") var pictures: [String]

  func validate() throws {
    guard (1...64).contains(columns), pictures.count.isMultiple(of: columns), !pictures.isEmpty else {
      throw ValidationError("The number of pictures, \(pictures.count), must be a multiple of --columns \(columns).")
    }
    guard (16...2048).contains(height) else { throw ValidationError("--height must be from 16 to 2048, found \(height).") }
  }

  func run() throws {
    let loaded = try pictures.map { try Picture(contentsOf: URL(filePath: $0)) }
    let rows = stride(from: 0, to: loaded.count, by: columns).map { Array(loaded[$0..<$0 + columns]) }
    try ContactSheet(rowHeight: height).picture(rows: rows).write(to: URL(filePath: output))
    print(output)
  }
}
