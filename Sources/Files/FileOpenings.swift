import Foundation

/// Who is told of every file that is opened: weights, settings, vocabularies, pictures. Reading a header is opening.
///
/// For tests and for counting: nobody is told by default, and being told costs nothing then.
public enum FileOpenings {
  @TaskLocal public static var observer: (@Sendable (URL) -> Void)?

  /// To be called by whoever opens a file.
  public static func report(_ url: URL) { observer?(url) }
}

extension Data {
  /// A file's bytes, whoever counts openings being told.
  public init(opening url: URL) throws {
    FileOpenings.report(url)
    try self.init(contentsOf: url)
  }
}
