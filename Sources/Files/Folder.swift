import Foundation

/// Folders as everything here sees them: what lies in one, and whether two have nothing to do with each other.
public enum Folder {
  /// What file managers, cameras' disks and archives leave beside people's own files; compared in lower case.
  private static let leavings: Set<String> = [
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "$recycle.bin",
    "system volume information",
  ]

  /// Whether there is anything; a link counts as what it leads to.
  public static func isThere(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) }

  /// Whether there is a folder, or a link to one.
  public static func isFolder(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder) && isFolder.boolValue
  }

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
    let names = try names(in: folder)
    let folders = Set(names.filter { isFolder(folder.appending(path: $0)) })
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

  /// Refuses a place for a new folder where something is already.
  /// - Throws: `FolderError.unwritable`.
  public static func checkFree(_ place: URL) throws {
    guard isThere(place) else { return }
    throw FolderError.unwritable(
      place.path(percentEncoded: false), reason: "there is something already; delete it or name another folder")
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

/// A folder that can't be used as asked.
public enum FolderError: ExplainedError {
  /// Nothing is there, something that is no folder, or one that may not be opened.
  case unlistable(String)
  /// A folder to be written inside the one that is read, or the other way round.
  case overlapping(written: String, read: String, isInside: Bool)
  /// Something is there already, or the system refuses.
  case unwritable(String, reason: String)

  public var description: String {
    switch self {
    case .unlistable(let path): "The folder \(path) can't be listed; check that it is there and may be read."
    case .overlapping(let written, let read, let isInside):
      "\(written) would be written and \(isInside ? "lies in" : "has in it") \(read), which is read; name a folder elsewhere."
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)."
    }
  }
}
