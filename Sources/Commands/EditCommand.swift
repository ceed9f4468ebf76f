import ArgumentParser
import Foundation
import LoRWeB

struct EditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit", abstract: "Does to b what was done from a to a'.",
    discussion: "The result has b's size and framing, and carries the recipe it was made by (see: lorweb inspect).")

  @Argument(help: "A picture.") var a: String
  @Argument(help: "The same picture, changed.") var aPrime: String
  @Argument(help: "The picture to change in the same way.") var b: String

  @Option(name: .shortAndLong, help: "Where the result goes: .png, .jpg or .webp.") var output: String
  @OptionGroup var model: ModelOptions
  @Option(help: "Words for the edit; without them the pictures alone say it.") var prompt = ""
  @Option(help: "Number of the noise to start from.") var seed: UInt64 = 0
  @Option(help: "Sampling steps; the model's own number if left out.") var steps: Int?
  @Option(help: "Guidance; the model's own if left out.") var guidance: Double?
  @Option(help: "How strongly the analogy acts: 0 not at all, 1 as trained, negative the other way.") var strength = 1.0
  @Option(help: "carry: the edit is carried to b's own pixels; model: the painting is enlarged.")
  var details = AnalogyEdit.Details.carry
  @Flag(help: "Print the recipe as JSON.") var json = false
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func validate() throws {
    try require("--steps", steps, in: 1...1000)
    try require("--guidance", guidance, in: 0...100)
    try require("--strength", strength, in: -10...10)
  }

  func run() async throws {
    let target = try OutputPicture(output)
    let editor = try model.editor(.oneAtATime)
    let console = Console(quiet: quiet)
    var edit = try AnalogyEdit(a: file(a), aPrime: file(aPrime), b: file(b))
    edit.warnings.forEach(console.warn)
    (edit.prompt, edit.seed, edit.steps, edit.guidance) = (prompt, seed, steps, guidance)
    (edit.strength, edit.details) = (strength, details)
    let request = edit
    let recipe = try await interruptible {
      defer { console.clear() }
      var result: AnalogyResult?
      for try await step in editor.run(request) {
        console.progress(step.text, fraction: step.fraction)
        result = step.result ?? result
      }
      guard let result else { throw CancellationError() }
      return try target.write(result)
    }
    recipe.warnings.filter { !edit.warnings.contains($0) }.forEach(console.warn)
    print(json ? try recipe.json(pretty: true) : output)
  }

  private func file(_ path: String) throws -> PictureFile { try PictureFile(contentsOf: URL(filePath: path), named: path) }
}

extension EditStep {
  fileprivate var text: String {
    sampling.map { "\(stage.rawValue), step \(min($0.index + 1, $0.count)) of \($0.count)" } ?? stage.rawValue
  }
}

/// The file an edit writes, checked before any work is done.
struct OutputPicture {
  private let url: URL

  init(_ path: String) throws {
    url = URL(filePath: path)
    guard ["png", "jpg", "jpeg", "webp"].contains(url.pathExtension.lowercased()) else {
      throw ValidationError("--output \(path) must end in .png, .jpg or .webp, which says the format to write.")
    }
    let folder = url.deletingLastPathComponent().path(percentEncoded: false)
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("--output \(path) can't be written: the folder \(folder) is not there or not writable.")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue {
      throw ValidationError("--output \(path) is a folder; name a file in it.")
    }
  }

  /// Writes the picture with its recipe in it, which is returned as it stands there.
  func write(_ result: AnalogyResult) throws -> Recipe {
    var recipe = result.recipe
    try result.picture.write(to: url) { seen in
      recipe = recipe.belonging(to: seen)
      return [Recipe.key: try recipe.json()]
    }
    return recipe
  }
}
