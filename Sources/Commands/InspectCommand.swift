import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBCheckpoints

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Says what a result, a basis, a model folder or a weight file holds.")

  @Argument(help: "A picture made by lorweb edit, its recipe, a weight file or a model folder.") var path: String
  @Option(help: "The authors' YAML for a basis that doesn't say its router's settings.") var basisConfig: URL?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let url = URL(filePath: path)
    let report: InspectionReport =
      switch try InspectedFile(url) {
      case .picture: try .recipe(of: PictureFile(contentsOf: url, named: path))
      case .recipe(let recipe): .recipe(recipe, named: url.lastPathComponent)
      case .weights: try .weights(url, config: basisConfig)
      case .folder: try .folder(ModelFolder(url), config: basisConfig)
      }
    print(json ? try report.readableText() : report.text)
  }
}

/// What a path leads to, by its content: endings are anybody's choice.
enum InspectedFile {
  case picture, weights, folder
  case recipe(Recipe)

  init(_ url: URL) throws {
    let path = url.path(percentEncoded: false)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ModelFolderError.badFile(path, "there is no such file or folder")
    }
    let head = isFolder.boolValue ? Data() : (try? FileHandle(forReadingFrom: url).read(upToCount: 4096)) ?? Data()
    // The length before a safetensors header may look like the first bytes of any picture.
    if isFolder.boolValue {
      self = .folder
    } else if head.count > 8, head[8] == UInt8(ascii: "{"), head[4..<8].allSatisfy({ $0 == 0 }) {
      self = .weights
    } else if let data = head.first == UInt8(ascii: "{") ? try? Data(contentsOf: url) : nil,
      let recipe = try? JSONDecoder().decode(Recipe.self, from: data)
    {
      self = .recipe(recipe)
    } else {
      do {
        _ = try PictureFormat(recognising: head, file: url.lastPathComponent)
        self = .picture
      } catch PicturesError.unknownFormat {
        self = .weights
      }
    }
  }
}
