import Foundation
import LoRWeBFiles

/// The small model that comes with the library, found without a network, from any working directory.
///
/// SwiftPM's own `Bundle.module` ends the process when the resources are not where they were built, so the folder is looked up
/// here: beside the running executable (also after both were moved together), in the app's resources, beside the bundle that
/// this code is loaded from (tests on macOS), and in `../share/lorweb` for an installed tool.
public enum EmbeddedModel {
  /// The model folder, in the diffusers layout.
  /// - Throws: `EmbeddedModelError` when no place holds it.
  public static func folder() throws -> URL { try folder("mini", with: "model_index.json", besides: usualFolders) }

  /// The sizes `ModelPreset` offers, a folder each.
  static func presets() throws -> URL { try folder("presets", with: "tiny/preset.json", besides: usualFolders) }

  /// Tokenizers of full size, `clip` and `t5`.
  static func tokenizers() throws -> URL { try folder("tokenizers", with: "clip/vocab.json", besides: usualFolders) }

  /// The first of the usual places round these folders that holds the resource, known by a file in it.
  static func folder(_ name: String, with file: String, besides folders: [URL]) throws -> URL {
    let candidates = folders.flatMap { folder in places.map { folder.appending(path: "\($0)/\(name)").standardizedFileURL } }
    guard let found = candidates.first(where: { Folder.isThere($0.appending(path: file)) })
    else { throw EmbeddedModelError(folders: folders.map(\.path)) }
    return found
  }

  private static var usualFolders: [URL] {
    [
      Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent(), Bundle.main.resourceURL,
      Bundle(for: Anchor.self).bundleURL.deletingLastPathComponent(),
    ].compactMap(\.self)
  }

  /// SwiftPM's resource folder on Linux, its bundle on macOS (flat, and as Xcode lays it out), an installation's share.
  private static let places = [
    "LoRWeB_LoRWeB.resources", "LoRWeB_LoRWeB.bundle", "LoRWeB_LoRWeB.bundle/Contents/Resources", "../share/lorweb",
  ]

  /// Names the bundle this code is part of.
  private final class Anchor {}
}

/// Why the embedded model can't be used.
public struct EmbeddedModelError: ExplainedError {
  /// No folder of the library's resources lies in or beside these folders.
  let folders: [String]

  public var description: String {
    "The embedded model was not found: looked for LoRWeB_LoRWeB.resources, LoRWeB_LoRWeB.bundle and ../share/lorweb in "
      + "\(Set(folders).sorted().joined(separator: ", ")); keep the resources beside the executable, or name a model folder."
  }
}
