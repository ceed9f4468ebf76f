import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures

/// A set's folder while it is read: what lies where, and what was found to be wrong.
struct SetFolder {
  /// What a text file says. One that can't be read isn't one that isn't there: nobody knows what it would have said.
  enum Text {
    case missing
    /// Reported already.
    case unreadable
    case said(String)
  }

  let root: URL
  private(set) var findings: [SetFinding] = []

  /// - Throws: `AnalogySetError.notAFolder`.
  init(_ root: URL) throws {
    guard Folder.isFolder(root) else { throw AnalogySetError.notAFolder(root.path(percentEncoded: false)) }
    self.root = root
  }

  /// Something wrong with the file or folder at a path below the root; empty for the root itself.
  mutating func report(_ path: String, _ problem: String) { findings.append(SetFinding(path.isEmpty ? "." : path, problem)) }

  /// Reports it where something would have been read.
  mutating func refuse<Value>(_ path: String, _ problem: String) -> Value? {
    report(path, problem)
    return nil
  }

  /// What a folder below the root holds, folders and files apart.
  /// - Throws: `FolderError.unlistable`.
  func contents(of path: String = "") throws -> (folders: [String], files: [String]) { try Folder.contents(of: url(path)) }

  func url(_ path: String) -> URL { path.isEmpty ? root : root.appending(path: path) }

  func isFolder(_ path: String) -> Bool { Folder.isFolder(url(path)) }

  /// Whether there is an entry of that name, be it a link that leads nowhere.
  func exists(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: url(path).path(percentEncoded: false))) != nil
  }

  /// Whether a file is a picture to be opened; one in a format that isn't read is reported.
  mutating func isPicture(_ path: String) -> Bool {
    let look = PictureLook(url(path))
    if look == .foreign { report(path, "the format is not read; save the picture as PNG, JPEG or WebP") }
    return look == .readable
  }

  /// All that looks like a picture in the folder and in folders below it, in a format that is read or not, by path.
  /// - Throws: `FolderError.unlistable`.
  func pictures() throws -> [String] { try Folder.files(below: root).filter { PictureLook(url($0)) != .other } }

  /// A text file's content without white space round it.
  mutating func text(_ path: String) -> Text {
    guard exists(path) else { return .missing }
    guard let data = try? Data(opening: url(path)) else {
      return refuse(path, "the file can't be opened; change its permissions or remove it") ?? .unreadable
    }
    guard let text = String(data: data, encoding: .utf8) else {
      return refuse(path, "the file is not UTF-8 text; save it again as plain text") ?? .unreadable
    }
    // Windows editors put a mark in front.
    return .said(text.trimmingCharacters(in: .whitespacesAndNewlines.union(["\u{FEFF}"])))
  }

  /// The objects of a JSON file that is a list of them; nil if it isn't, which is reported.
  mutating func objects(_ path: String) -> [[String: Any]]? {
    guard let data = try? Data(opening: url(path)) else {
      return refuse(path, "the file can't be opened; change its permissions")
    }
    if let trouble = JSONTrouble(in: data) {
      return refuse(path, "the file is not JSON (\(trouble)); look for a missing quote, comma or bracket")
    }
    guard let list = (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) as? [Any] else {
      return refuse(path, "the file must be a JSON list of objects, [{…}, …], but holds something else")
    }
    return list.enumerated().compactMap { index, entry in
      entry as? [String: Any] ?? refuse(path, "entry \(index + 1) must be an object {…} but is something else")
    }
  }

  static func join(_ names: String...) -> String { names.filter { !$0.isEmpty }.joined(separator: "/") }
}
