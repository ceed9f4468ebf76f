import Foundation

/// A folder of the test's own, removed with everything in it when the test lets go of it.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "lorweb-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// A file or folder in it, there or not.
  public subscript(name: String) -> URL { url.appending(path: name, directoryHint: .notDirectory) }
  public func path(_ name: String) -> String { self[name].path }

  /// Writes a file in it, with the folders above it.
  @discardableResult
  public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> URL {
    try FileManager.default.createDirectory(at: self[name].deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: self[name])
    return self[name]
  }

  @discardableResult
  public func write(_ text: String, to name: String) throws -> URL { try write(text.utf8, to: name) }

  /// Takes on the contents of a folder in place of its own.
  public func copy(_ source: URL) throws {
    try FileManager.default.removeItem(at: url)
    try FileManager.default.copyItem(at: source, to: url)
  }

  public func remove(_ name: String) throws { try FileManager.default.removeItem(at: self[name]) }

  /// Names of all files, hidden ones too.
  public var contents: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() } }
}
