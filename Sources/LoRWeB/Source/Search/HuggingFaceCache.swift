import Foundation
import LoRWeBFiles

/// The Hugging Face hub's cache on this machine, as `hf download` lays it out: `models--ORG--NAME/snapshots/COMMIT`, whose files are
/// links into `blobs`. Nothing is ever fetched.
public struct HuggingFaceCache: Sendable {
  /// The folder the entries lie in; it need not be there.
  public let root: URL

  public init(root: URL) { self.root = root }

  /// Where the hub's own tools keep it: `HF_HUB_CACHE`, `HF_HOME/hub`, `XDG_CACHE_HOME/huggingface/hub`, or `~/.cache/…`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func folder(_ name: String) -> URL? {
      environment[name].flatMap { $0.isEmpty ? nil : URL(filePath: ($0 as NSString).expandingTildeInPath) }
    }
    let home = folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser
    root =
      folder("HF_HUB_CACHE") ?? folder("HUGGINGFACE_HUB_CACHE") ?? folder("HF_HOME")?.appending(path: "hub")
      ?? (folder("XDG_CACHE_HOME") ?? home.appending(path: ".cache")).appending(path: "huggingface/hub")
  }

  /// Whether text is a model's name on the hub: `org/name`, and not a path.
  public static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9][\w.\-]*\/[A-Za-z0-9][\w.\-]*/) != nil }

  /// The files of a model, `org/name`, as last fetched; nil if there are none.
  public func snapshot(of name: String) -> URL? {
    Self.snapshot(in: root.appending(path: "models--" + name.replacing("/", with: "--")))
  }

  /// The files of an entry, a `models--…` folder: those of its `main`, else those fetched last.
  public static func snapshot(in entry: URL) -> URL? {
    let snapshots = entry.appending(path: "snapshots")
    if let main = try? String(contentsOf: entry.appending(path: "refs/main"), encoding: .utf8) {
      let snapshot = snapshots.appending(path: main.trimmingCharacters(in: .whitespacesAndNewlines))
      if Folder.isFolder(snapshot) { return snapshot }
    }
    let commits = ((try? Folder.contents(of: snapshots).folders) ?? []).map { snapshots.appending(path: $0) }
    func date(_ url: URL) -> Date {
      (try? url.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate) ?? .distantPast
    }
    return commits.max { date($0) < date($1) }
  }
}
