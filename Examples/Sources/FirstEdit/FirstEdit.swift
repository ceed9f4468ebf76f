import Foundation
import LoRWeB

/// `FirstEdit A A2 B OUTPUT`: edits b as a was edited, with the embedded model.
@main
struct FirstEdit {
  static func main() async {
    let paths = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
    guard paths.count == 4 else {
      print("usage: FirstEdit A A2 B OUTPUT")
      exit(2)
    }
    do {
      try await edit(a: paths[0], aPrime: paths[1], b: paths[2], output: paths[3])
    } catch {
      print(error.localizedDescription)  // one sentence: what, where, what to do
      exit(1)
    }
  }

  private static func edit(a: URL, aPrime: URL, b: URL, output: URL) async throws {
    let editor = try AnalogyEditor()
    var edit = AnalogyEdit(
      a: try Picture(contentsOf: a), aPrime: try Picture(contentsOf: aPrime), b: try Picture(contentsOf: b))
    edit.seed = 7
    edit.strength = 0.8

    for try await step in editor.run(edit) {
      print("\(Int(step.fraction * 100)) %: \(step.stage.rawValue)")
      if let result = step.result {
        try result.picture.write(to: output)
        print("wrote \(result.picture.size), seed \(result.recipe.seed), \(result.coefficients.count) layers mixed")
      }
    }
  }
}
