import Foundation

/// The table of ATTRIBUTION.md: which paths have a source and a licence.
struct Attribution {
  /// Paths of the table's first column; one that ends in `/` stands for everything below it.
  var paths: [String]

  init(markdown: String) {
    paths = markdown.split(separator: "\n").compactMap { line in
      let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count >= 5, cells[1].hasPrefix("`"), !cells[2].isEmpty, !cells[3].isEmpty else { return nil }
      return cells[1].trimmingCharacters(in: ["`"])
    }
  }

  /// Whether a file is of a kind that someone may own: pictures, colour profiles, vocabularies, weights outside the goldens.
  static func needsLine(_ path: String) -> Bool {
    let kinds: Set<String> = [
      "png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "heic", "avif", "icc", "icm", "model", "ttf", "otf", "gz", "zip",
    ]
    let names: Set<String> = ["vocab.json", "merges.txt", "tokenizer.json", "spiece.model"]
    let url = URL(filePath: path)
    return kinds.contains(url.pathExtension.lowercased()) || names.contains(url.lastPathComponent)
  }

  func covers(_ path: String) -> Bool {
    paths.contains { $0 == path || ($0.hasSuffix("/") && path.hasPrefix($0)) }
  }
}
