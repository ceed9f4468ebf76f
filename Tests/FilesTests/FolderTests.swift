import Foundation
import LoRWeBFiles
import Testing

@Suite("Folders as everything sees them")
struct FolderListingTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "listing-\(UUID().uuidString)")

  private func make(_ paths: String...) throws {
    for path in paths {
      let url = root.appending(path: path)
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if !path.hasSuffix("/") { try Data().write(to: url) }
    }
  }

  @Test("Hidden files and what other programs leave behind never count; names come by their bytes")
  func names() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try make(
      "b.jpg", "B.jpg", "._b.jpg", ".DS_Store", "Thumbs.db", "thumbs.DB", "desktop.ini", "a/x/1.png", "a/.x/2.png",
      "__MACOSX/._b.jpg", "@eaDir/b.jpg")
    #expect(try Folder.names(in: root) == ["B.jpg", "a", "b.jpg"])
    #expect(try Folder.contents(of: root) == (["a"], ["B.jpg", "b.jpg"]))
    try FileManager.default.createSymbolicLink(at: root.appending(path: "a/up"), withDestinationURL: root)
    #expect(try Folder.files(below: root) == ["B.jpg", "a/x/1.png", "b.jpg"])
    let gone = root.appending(path: "gone")
    #expect(throws: FolderError.unlistable(gone.path(percentEncoded: false))) { try Folder.names(in: gone) }
    #expect(throws: FolderError.self) { try Folder.names(in: root.appending(path: "b.jpg")) }
  }

  @Test("A folder to be written lies neither in what is read nor round it, whatever links and dots the way has")
  func apart() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try make("set/task/1.png", "elsewhere/x")
    try FileManager.default.createSymbolicLink(
      at: root.appending(path: "elsewhere/link"), withDestinationURL: root.appending(path: "set"))
    let set = root.appending(path: "set")
    for path in [
      "set", "set/run", "set/new/deep/run", "elsewhere/../set/run", "elsewhere/link", "elsewhere/link/run", "set/../set/run/",
      "",
    ] {
      let error = #expect(throws: FolderError.self, "\(path)") {
        try Folder.check(root.appending(path: path), isApartFrom: set)
      }
      #expect("\(error.map { "\($0)" } ?? "")".hasSuffix("which is read; name a folder elsewhere."))
    }
    #expect(throws: FolderError.self) {
      try Folder.check(root.appending(path: "set/run"), isApartFrom: root.appending(path: "elsewhere/link"))
    }
    for path in ["run", "set-run", "elsewhere/run", "set/../run", "settings/set"] {
      #expect(throws: Never.self, "\(path)") { try Folder.check(root.appending(path: path), isApartFrom: set) }
    }
  }
}
