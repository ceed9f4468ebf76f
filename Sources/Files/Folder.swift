import Foundation

/// Folders as everything here sees them: what lies in one, and whether two have nothing to do with each other.
public enum Folder {
  /// What file managers, cameras' disks and archives leave beside people's own files; compared in lower case.
  private static let leavings: Set<String> = [
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "$recycle.bin",
    "system volume information",
  ]

  /// Names of a folder's files and folders, sorted by their bytes. Hidden ones (`.DS_Store`, macOS's `._photo.jpg`) and what
  /// other programs leave behind (`Thumbs.db`, `__MACOSX`) never count, wherever a folder is read.
  /// - Throws: `FolderError.unlistable`.
  public static func names(in folder: URL) throws -> [String] {
    let path = folder.path(percentEncoded: false)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw FolderError.unlistable(path) }
    return names.filter { !$0.hasPrefix(".") && !leavings.contains($0.lowercased()) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The same, folders and files apart; a link counts as what it leads to.
  /// - Throws: `FolderError.unlistable`.
  public static func contents(of folder: URL) throws -> (folders: [String], files: [String]) {
    func isFolder(_ name: String) -> Bool {
      var isFolder: ObjCBool = false
      let path = folder.appending(path: name).path(percentEncoded: false)
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
    let names = try names(in: folder)
    let folders = Set(names.filter(isFolder))
    return (names.filter(folders.contains), names.filter { !folders.contains($0) })
  }

  /// Paths of all files in a folder and in folders below it, sorted by their bytes. A folder that links lead to twice is
  /// visited once, so that none leads round and round.
  /// - Throws: `FolderError.unlistable`.
  public static func files(below folder: URL) throws -> [String] {
    var seen: Set<String> = []
    func walk(_ url: URL, _ place: String) throws -> [String] {
      guard seen.insert(url.resolvingSymlinksInPath().path).inserted else { return [] }
      let (folders, files) = try contents(of: url)
      return files.map { place + $0 } + (try folders.flatMap { try walk(url.appending(path: $0), "\(place)\($0)/") })
    }
    return try walk(folder, "").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Refuses a folder to be written that lies in one that is read, or round it: what is written would be read as if it were
  /// somebody's own. Links are followed; nothing need be there yet.
  /// - Throws: `FolderError.overlapping`.
  public static func check(_ written: URL, isApartFrom read: URL) throws {
    let (inner, outer) = (place(written), place(read))
    guard inner.starts(with: outer) || outer.starts(with: inner) else { return }
    throw FolderError.overlapping(
      written: written.path(percentEncoded: false), read: read.path(percentEncoded: false), isInside: inner.starts(with: outer))
  }

  /// Path components without links, as far as there is anything.
  private static func place(_ url: URL) -> [String] {
    var there = url.standardizedFileURL
    var missing: [String] = []
    while there.path != "/" {
      if let resolved = realpath(there.path, nil) {
        defer { free(resolved) }
        return URL(filePath: String(cString: resolved)).pathComponents + missing.reversed()
      }
      missing.append(there.lastPathComponent)
      there = there.deletingLastPathComponent()
    }
    return ["/"] + missing.reversed()
  }
}

/// A folder that can't be used as asked; the description is one sentence for the user.
public enum FolderError: Error, Equatable, Sendable {
  /// Nothing is there, something that is no folder, or one that may not be opened.
  case unlistable(String)
  /// A folder to be written inside the one that is read, or the other way round.
  case overlapping(written: String, read: String, isInside: Bool)
}

extension FolderError: CustomStringConvertible, LocalizedError {
  /// One sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .unlistable(let path):
      "The folder \(path) can't be listed; check that it is there and may be read."
    case .overlapping(let written, let read, let isInside):
      "\(written) would be written and \(isInside ? "lies in" : "has in it") \(read), which is read; name a folder elsewhere."
    }
  }

  /// The same sentence, for code that shows `localizedDescription`.
  public var errorDescription: String? { description }
}
