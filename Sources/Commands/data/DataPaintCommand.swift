import ArgumentParser
import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures

struct DataPaintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paint", abstract: "Does a procedural task to a picture of your own: a pair to edit others by.",
    discussion: "Only tasks that need no objects can be done to any picture; docs/data-procedural.md lists all.")

  @Argument(help: "The picture; its middle square is used.") var picture: URL
  @Option(help: "The task's id or name, such as B2 or pencil.") var task: String
  @Option(help: "Which of the task's values, from 0.") var variant = 0
  @Option(help: "Fixes what is drawn by chance.") var seed: UInt64 = 0
  @Option(help: "Where the picture after the change goes.") var after: URL
  @Option(help: "Where the picture before it goes; nowhere if left out.") var before: URL?
  @Option(help: "Quality of a .jpg or .webp, 1 to 100.") var quality = 92

  func validate() throws {
    try require("--quality", quality, in: 1...100)
    try require("--variant", variant, in: 0...999)
  }

  func run() throws {
    let pair = try TaskCatalogue.standard.task(task).pair(on: Picture(contentsOf: picture), variant: variant, seed: seed)
    let writing = PictureWriting(quality: quality)
    if let before { try pair.before.write(to: before, writing) }
    try pair.after.write(to: after, writing)
    print(pair.instruction)
  }
}
