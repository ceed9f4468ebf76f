import Foundation

/// What a Debian package's copyright file says of each of its files: licence and holders.
///
/// Paragraphs of `Files:` patterns with `Copyright:` and `License:`; the last pattern that fits a path decides.
struct DebianCopyright {
  private struct Paragraph {
    var (patterns, licence, holders) = ([String](), "", [String]())
  }

  private let paragraphs: [Paragraph]

  /// Reads the text of a copyright file; what isn't in the machine-readable form is passed over.
  init(_ text: String) {
    paragraphs = text.replacing("\r\n", with: "\n").split(separator: "\n\n").compactMap { Self.paragraph(String($0)) }
  }

  /// Licence and holders of a file of the package's source.
  ///
  /// Pictures were often converted for the package (`.jpg` became `.webp`): a pattern that fits but for the ending counts.
  func source(of path: String) -> (licence: String, credit: String) {
    let stem = (path as NSString).deletingPathExtension
    let found = paragraphs.last { paragraph in
      paragraph.patterns.contains { pattern in
        Self.fits(path, pattern) || (!pattern.hasSuffix("*") && Self.fits(stem, (pattern as NSString).deletingPathExtension))
      }
    }
    let unknown = "see the package's copyright file"
    return found.map { ($0.licence, $0.holders.joined(separator: "; ")) } ?? (unknown, unknown)
  }

  private static func paragraph(_ text: String) -> Paragraph? {
    var result = Paragraph()
    var field = ""
    for line in text.split(separator: "\n") {
      var content = line.trimmingCharacters(in: .whitespaces)
      if let first = line.first, !first.isWhitespace, let colon = line.firstIndex(of: ":") {
        field = line[..<colon].lowercased()
        content = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        if field == "license" { result.licence = content }
      }
      switch field {
      case "files": result.patterns += content.split(separator: " ").map(String.init)
      case "copyright" where !content.isEmpty: result.holders.append(content)
      default: break
      }
    }
    return result.patterns.isEmpty ? nil : result
  }

  /// Debian's patterns: `*` stands for any characters, slashes too, `?` for one; brackets, which the system's mean something by,
  /// for themselves.
  static func fits(_ path: String, _ pattern: String) -> Bool {
    fnmatch(pattern.replacing("[", with: "[[]"), path, FNM_NOESCAPE) == 0
  }
}
