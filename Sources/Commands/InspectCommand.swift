import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBPictures

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Says what a result, a basis, a model folder or a weight file holds.")

  @Argument(help: "A picture made by lorweb edit, a .safetensors file, or a model folder.") var path: String
  @Option(help: "The authors' YAML for a basis that doesn't say its router's settings.") var basisConfig: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let url = URL(filePath: path)
    let config = basisConfig.map { URL(filePath: $0) }
    let report: InspectionReport
    switch url.pathExtension.lowercased() {
    case "png", "jpg", "jpeg", "webp": report = try .recipe(url)
    case "safetensors": report = try .weights(url, config: config)
    default: report = try .folder(ModelFolder(url), config: config)
    }
    print(json ? try report.json() : report.text)
  }
}
