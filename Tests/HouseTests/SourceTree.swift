import Foundation

/// The repository's own files, as the rules see them: without what is built, downloaded or written by a run.
struct SourceTree {
  /// Repository root: two folders above this file's own.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static let skippedFolders: Set<String> = [
    ".git", ".build", ".libtorch", ".swiftpm", "demo-out", "__pycache__", "node_modules",
  ]
  private static let skippedPrefixes = [".build", ".wheel", ".venv"]

  /// Paths relative to the root, sorted, of every file the predicate wants.
  static func files(where wanted: (String) -> Bool) throws -> [String] {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
      for name in names where !skippedFolders.contains(name) && !skippedPrefixes.contains(where: name.hasPrefix) {
        let path = folder.isEmpty ? name : "\(folder)/\(name)"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.appending(path: path).path, isDirectory: &isFolder) else { continue }
        if isFolder.boolValue { folders.append(path) } else if wanted(path) { found.append(path) }
      }
    }
    return found.sorted()
  }

  /// Paths of every file with one of these extensions.
  static func files(withExtension extensions: Set<String>) throws -> [String] {
    try files { extensions.contains(URL(filePath: $0).pathExtension) }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }
}
