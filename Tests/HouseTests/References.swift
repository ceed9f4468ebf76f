import Foundation

/// What pages and comments point at inside the repository.
enum References {
  /// Targets of a page's relative links, as paths from the root; what lies on the web and places on the page itself are left out.
  static func links(in markdown: String, at path: String) -> [String] {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    return markdown.matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/).map { String($0.1) }
      .filter { !$0.contains(":") }
      .map { URL(filePath: "/" + folder).appending(path: $0).standardizedFileURL.path.trimmingCharacters(in: ["/"]) }
  }

  /// Types that a page names, such as `Mix` or `Mix.attach`; files, modules and what comes with Swift are left out.
  static func types(in markdown: String) -> Set<String> {
    let known: Set<String> = ["Codable", "CancellationError", "Sources", "HouseTests"]
    let names = markdown.matches(of: /`([A-Z]\w+)(`|[.(](?!swift|md))/).map { String($0.1) }
    return Set(names.filter { !$0.hasPrefix("LoRWeB") && !known.contains($0) })
  }

  /// Names that code declares.
  static func declared(in code: String) -> Set<String> {
    let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
    var names: Set<String> = []
    for line in code.split(separator: "\n") where keywords.contains(where: line.contains) {
      let words = line.split { !($0.isLetter || $0.isNumber) }
      for (word, next) in zip(words, words.dropFirst()) where keywords.contains(word) { names.insert(String(next)) }
    }
    return names
  }

  /// Pages that code mentions, such as `docs/method.md` in a comment.
  static func pages(in code: String) -> [String] {
    code.matches(of: /[\w.\/-]+\.md\b/).map { String($0.0) }
  }
}
