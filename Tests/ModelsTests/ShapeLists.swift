import Foundation
import LoRWeBModels
import Testing

/// Names and shapes of full-size models from the Python libraries, one `name size size …` a line, each with its configuration.
enum ShapeLists {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Shapes")

  /// The configuration beside a list, as the model's folder would have it in config.json.
  static func json(_ list: String) throws -> Data { try Data(contentsOf: folder.appending(path: "\(list).json")) }

  /// Fails if what a model asks its scope for differs from the list by a name or a shape.
  static func expect<Model>(
    _ list: String, sourceLocation: SourceLocation = #_sourceLocation, _ build: (Scope) throws -> Model
  ) throws {
    let lines = try String(contentsOf: folder.appending(path: "\(list).txt"), encoding: .utf8).split(separator: "\n")
    let expected = Set(lines.map(String.init))
    let asked = try plan(build).map { request in ([request.name] + request.shape.map(String.init)).joined(separator: " ") }
    let ours = Set(asked)
    #expect(asked.count == ours.count, "a name is asked for twice", sourceLocation: sourceLocation)
    #expect(!expected.isEmpty, sourceLocation: sourceLocation)
    #expect(expected.subtracting(ours).sorted() == [], "in the list only", sourceLocation: sourceLocation)
    #expect(ours.subtracting(expected).sorted() == [], "asked for only", sourceLocation: sourceLocation)
  }
}
