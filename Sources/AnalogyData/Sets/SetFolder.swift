import Foundation

/// A set's folder while it is read: what lies where, and what was found to be wrong.
struct SetFolder {
  let root: URL
  private(set) var findings: [SetFinding] = []

  /// Extensions of pictures that are read.
  static let pictureExtensions = ["png", "jpg", "jpeg", "webp"]
  /// Extensions of pictures that people have and that aren't read.
  static let foreignExtensions = [
    "heic", "heif", "avif", "tif", "tiff", "gif", "bmp", "jp2", "jxl", "psd", "svg", "dng", "cr2", "nef",
  ]

  /// - Throws: `AnalogySetError.notAFolder`.
  init(_ root: URL) throws {
    var isFolder: ObjCBool = false
    let path = root.path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw AnalogySetError.notAFolder(path)
    }
    self.root = root
  }

  /// Something wrong with the file or folder at a path below the root; empty for the root itself.
  mutating func report(_ path: String, _ problem: String) {
    findings.append(SetFinding(path.isEmpty ? "." : path, problem))
  }

  /// What a folder below the root holds, hidden entries left out, sorted by name; folders and files apart.
  /// - Throws: `AnalogySetError.unlistable`.
  func contents(of path: String = "") throws -> (folders: [String], files: [String]) {
    let folder = url(path)
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    } catch {
      throw AnalogySetError.unlistable(folder: path.isEmpty ? folder.lastPathComponent : path, reason: "it can't be opened")
    }
    let visible = names.filter { !$0.hasPrefix(".") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return (visible.filter { isFolder(Self.join(path, $0)) }, visible.filter { !isFolder(Self.join(path, $0)) })
  }

  func url(_ path: String) -> URL { path.isEmpty ? root : root.appending(path: path) }

  func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url(path).path(percentEncoded: false), isDirectory: &isFolder)
      && isFolder.boolValue
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path(percentEncoded: false)) }

  /// A text file's content without white space round it; nil if there is none or it isn't text, which is reported.
  mutating func text(_ path: String) -> String? {
    guard exists(path) else { return nil }
    guard let data = try? Data(contentsOf: url(path)) else {
      report(path, "the file can't be opened; change its permissions or remove it")
      return nil
    }
    guard let text = String(data: data, encoding: .utf8) else {
      report(path, "the file is not UTF-8 text; save it again as plain text")
      return nil
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"]))  // Windows editors put a mark in front
  }

  /// The objects of a JSON file that is a list of them; nil if it isn't, which is reported.
  mutating func objects(_ path: String) -> [[String: Any]]? {
    guard let data = try? Data(contentsOf: url(path)) else {
      report(path, "the file can't be opened; change its permissions")
      return nil
    }
    guard let json = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) else {
      report(path, "the file is not JSON; look for a missing quote, comma or bracket")
      return nil
    }
    guard let list = json as? [Any] else {
      report(path, "the file must be a JSON list of objects, [{…}, …], but holds something else")
      return nil
    }
    var objects: [[String: Any]] = []
    for (index, entry) in list.enumerated() {
      if let object = entry as? [String: Any] {
        objects.append(object)
      } else {
        report(path, "entry \(index + 1) must be an object {…} but is something else")
      }
    }
    return objects
  }

  static func join(_ folder: String, _ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
  static func stem(_ file: String) -> String { (file as NSString).deletingPathExtension }
  static func pathExtension(_ file: String) -> String { (file as NSString).pathExtension.lowercased() }
  static func isPicture(_ file: String) -> Bool { pictureExtensions.contains(pathExtension(file)) }
  static func isForeignPicture(_ file: String) -> Bool { foreignExtensions.contains(pathExtension(file)) }
}
